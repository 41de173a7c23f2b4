import type { ErrorCode } from '@keywright/core';
import {
  type DataPlaneCode,
  dataPlaneErrorSchema,
  dataPlaneStatuses,
  errorStatuses,
  errorTypeOf,
  type MountedRoute,
  problemSchema,
} from '@keywright/http-api';
import type { ZodOpenApiResponsesObject } from 'zod-openapi';
import { replayedHeader } from './idempotency-headers.ts';

type Examples = Record<string, { value: object }>;

/** One response for each status that a route's codes come with, with an example for each code. */
export function errorResponses(route: MountedRoute): ZodOpenApiResponsesObject {
  const isDataPlane = route.group === 'data-plane';
  const byStatus = new Map<number, Examples>();
  for (const code of route.errors) {
    for (const status of statusesOf(code, isDataPlane)) {
      const value = isDataPlane ? dataPlaneExample(code, status) : problemExample(code, status);
      byStatus.set(status, { ...byStatus.get(status), [code]: { value } });
    }
  }
  const responses = [...byStatus].map(([status, examples]) => {
    const content = isDataPlane
      ? { 'application/json': { schema: dataPlaneErrorSchema, examples } }
      : { 'application/problem+json': { schema: problemSchema, examples } };
    const headers = route.idempotent && status < 500 ? { headers: replayedHeader } : {};
    return [String(status), { description: Object.keys(examples).join(', '), ...headers, content }];
  });
  return Object.fromEntries(responses);
}

function isErrorCode(code: ErrorCode | DataPlaneCode): code is ErrorCode {
  return Object.hasOwn(errorStatuses, code);
}

function statusesOf(code: ErrorCode | DataPlaneCode, isDataPlane: boolean): readonly number[] {
  if (!isDataPlane && isErrorCode(code)) return [errorStatuses[code].status];
  return Object.entries(dataPlaneStatuses).find(([known]) => known === code)?.[1] ?? [];
}

function problemExample(code: ErrorCode | DataPlaneCode, status: number): object {
  const title = isErrorCode(code) ? errorStatuses[code].title : code;
  const instance = 'urn:keywright:request:5f3c6d0e-1f0b-4c53-9a53-0f2f6a4b7c11';
  const detail = `${title}.`;
  const errors = code === 'validation_failed' ? { errors: [{ path: 'name', message: 'should be a text' }] } : {};
  return { type: `urn:keywright:error:${code}`, title, status, detail, code, instance, ...errors };
}

function dataPlaneExample(code: ErrorCode | DataPlaneCode, status: number): object {
  const type = code === 'insufficient_quota' ? code : errorTypeOf(status);
  return { error: { message: 'What was wrong, and what to do.', type, param: null, code } };
}

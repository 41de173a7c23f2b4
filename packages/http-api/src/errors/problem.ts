import { errorCodes, type KeywrightError } from '@keywright/core';
import { z } from 'zod';
import type { HttpAnswer } from '../http-message.ts';
import { defaultRetryAfterSeconds, errorStatuses } from './error-statuses.ts';

/** RFC 9457, with our stable code and the fields that were wrong. */
export const problemSchema = z
  .strictObject({
    type: z
      .string()
      .meta({ description: 'Names the kind of problem.', examples: ['urn:keywright:error:key_not_found'] }),
    title: z.string(),
    status: z.int(),
    detail: z.string().meta({ description: 'What was wrong, what is allowed, what to do next.' }),
    code: z.enum(errorCodes).meta({ description: 'Stable: switch on this.' }),
    instance: z.string().meta({ description: 'This occurrence: its request id, under which it is logged.' }),
    errors: z
      .array(z.strictObject({ path: z.string(), message: z.string() }))
      .optional()
      .meta({ description: 'The fields that were wrong.' }),
  })
  .meta({ id: 'Problem', description: 'An error (RFC 9457).' });

export type Problem = z.output<typeof problemSchema>;

/** Core has blanked what a caller sent and an error quotes, such as the name of an unknown field. */
export function problemAnswer(error: KeywrightError, requestId: string): HttpAnswer {
  const { status, title } = errorStatuses[error.code];
  const problem: Problem = {
    type: `urn:keywright:error:${error.code}`,
    title,
    status,
    detail: error.message,
    code: error.code,
    instance: `urn:keywright:request:${requestId}`,
    ...(error.errors.length > 0 && { errors: [...error.errors] }),
  };
  const headers = { 'content-type': 'application/problem+json; charset=utf-8', ...refusalHeaders(error, status) };
  return { status, headers, body: JSON.stringify(problem) };
}

/** What goes with a status, whatever the body's shape. */
export function refusalHeaders(
  { retryAfterSeconds }: { retryAfterSeconds?: number | undefined },
  status: number,
): Record<string, string> {
  const seconds = retryAfterSeconds ?? (status === 503 ? defaultRetryAfterSeconds : undefined);
  return {
    ...(status === 401 && { 'www-authenticate': 'Bearer' }),
    ...(seconds !== undefined && { 'retry-after': String(Math.max(1, Math.ceil(seconds))) }),
  };
}

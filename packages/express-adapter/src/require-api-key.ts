import type { Keywright, VerifyResult } from '@keywright/core';
import {
  type DataPlaneError,
  dataPlaneErrorAnswer,
  describeRefusal,
  finishAnswer,
  missingKey,
  readCredential,
  requestIdOf,
  toDataPlaneError,
  toKeywrightError,
} from '@keywright/http-api';
import type { Request, RequestHandler } from 'express';
import { rememberCaller } from './caller.ts';
import { joinedHeaders } from './to-http-request.ts';
import { writeAnswer } from './write-answer.ts';

export interface RequireApiKeyOptions {
  keywright: Keywright;
  /** What the key must be allowed to do, such as `reports:read` (namespace and action). Default: nothing special. */
  permission?: string;
  /** The model that the call is about, which the key must be allowed to use. Default: none. */
  model?: (req: Request) => string | undefined;
  /** The caller's address, held against the key's IP allow-list. Default `req.ip`: set Express's `trust proxy`. */
  ip?: (req: Request) => string | undefined;
}

/**
 * Guards a host's own route with an API key (`Authorization: Bearer` or `X-API-Key`; `X-Tenant-ID`, if present, must
 * name its tenant). Refusals look as those of the data plane do. Who called is `callerOf(req)`.
 *
 * @example
 * app.get('/reports', requireApiKey({ keywright, permission: 'reports:read' }), (req, res) => {
 *   res.json({ tenant: callerOf(req).tenantId });
 * });
 */
export function requireApiKey(options: RequireApiKeyOptions): RequestHandler {
  return async function guardWithApiKey(req, res, next) {
    const headers = joinedHeaders(req);
    const refusal = await refusalOf(options, req, headers);
    if (!refusal) return next();
    const answer = finishAnswer(dataPlaneErrorAnswer(refusal), req.method, requestIdOf(headers));
    await writeAnswer(res, answer, new AbortController().signal);
  };
}

/** Undefined when the call may go on. */
async function refusalOf(
  options: RequireApiKeyOptions,
  req: Request,
  headers: Record<string, string | undefined>,
): Promise<DataPlaneError | undefined> {
  const secret = readCredential(headers);
  if (!secret) return missingKey;
  const { keywright, permission } = options;
  const ip = options.ip ? options.ip(req) : req.ip;
  const request = { permission, model: options.model?.(req), ip, tenantId: headers['x-tenant-id'] };
  let result: VerifyResult;
  try {
    result = await keywright.keys.verify(secret, request);
  } catch (error) {
    return toDataPlaneError(toKeywrightError(error));
  }
  if (!result.ok) return describeRefusal({ by: 'verify', reason: result.reason });
  rememberCaller(req, result.caller);
  return undefined;
}

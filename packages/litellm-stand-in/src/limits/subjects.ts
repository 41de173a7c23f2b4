import type { Call } from '../http/call.ts';
import { isObject } from '../http/call.ts';
import { errorEnvelope } from '../http/errors.ts';
import type { KeyRow } from '../keys/key-row.ts';
import { type Refusal, type Subject, windowSeconds } from './limiter.ts';

function perModel(row: KeyRow, field: 'model_rpm_limit' | 'model_tpm_limit', model: string): number | null {
  const limits = row.fields.metadata[field];
  const limit = isObject(limits) ? limits[model] : null;
  return typeof limit === 'number' ? limit : null;
}

/** Everything whose limits a call of this caller to this model counts against. The master key has no limits. */
export function subjectsOf(call: Call, model: string): Subject[] {
  const { key, userId } = call.caller;
  if (!key) return [];
  const { rpm_limit, tpm_limit, max_parallel_requests } = key.fields;
  const user = userId === null ? undefined : call.proxy.state.users.get(userId);
  const subjects: Subject[] = [
    {
      kind: 'api_key',
      id: key.token,
      requests: rpm_limit,
      tokens: tpm_limit,
      parallel: max_parallel_requests,
    },
    {
      kind: 'model_per_key',
      id: `${key.token}:${model}`,
      requests: perModel(key, 'model_rpm_limit', model),
      tokens: perModel(key, 'model_tpm_limit', model),
      parallel: null,
    },
  ];
  if (user) {
    const { rpm_limit: requests, tpm_limit: tokens, max_parallel_requests: parallel } = user.fields;
    subjects.push({ kind: 'user', id: user.userId, requests, tokens, parallel });
  }
  return subjects;
}

/** LiteLLM's 429 for a limit of its own, told apart from a provider's by the start of the message. */
export function limitError(call: Call, { subject, type, limit, resetsAt }: Refusal): Error {
  const { profile } = call.proxy;
  const resets = `${resetsAt.toISOString().slice(0, 19).replace('T', ' ')} UTC`;
  return errorEnvelope({
    status: 429,
    message:
      `Rate limit exceeded for ${subject.kind}: ${subject.id}. Limit type: ${type}. ` +
      `Current limit: ${limit}, Remaining: 0. Limit resets at: ${resets}`,
    type: profile.ownLimitType,
    param: profile.authParam,
    headers: { 'retry-after': String(windowSeconds), rate_limit_type: type, reset_at: resets },
  });
}

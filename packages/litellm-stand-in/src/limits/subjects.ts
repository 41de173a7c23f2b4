import type { Call } from '../http/call.ts';
import { isObject } from '../http/call.ts';
import { errorEnvelope } from '../http/errors.ts';
import { tierOf } from '../keys/key-row.ts';
import { type Refusal, type Subject, windowSeconds } from './limiter.ts';

interface Limits {
  rpm_limit: number | null;
  tpm_limit: number | null;
  max_parallel_requests: number | null;
}

function subject(kind: Subject['kind'], id: string, limits: Limits): Subject {
  const { rpm_limit: requests, tpm_limit: tokens, max_parallel_requests: parallel } = limits;
  return { kind, id, requests, tokens, parallel };
}

function perModel(metadata: Record<string, unknown>, model: string): Limits {
  const limitOf = (field: string) => {
    const limits = metadata[field];
    const limit = isObject(limits) ? limits[model] : null;
    return typeof limit === 'number' ? limit : null;
  };
  return { rpm_limit: limitOf('model_rpm_limit'), tpm_limit: limitOf('model_tpm_limit'), max_parallel_requests: null };
}

function keySubjects({ proxy, caller: { key } }: Call, model: string): Subject[] {
  if (!key) return [];
  const tier = tierOf(proxy, key)?.fields;
  const own: Limits = {
    rpm_limit: key.fields.rpm_limit ?? tier?.rpm_limit ?? null,
    tpm_limit: key.fields.tpm_limit ?? tier?.tpm_limit ?? null,
    max_parallel_requests: key.fields.max_parallel_requests ?? tier?.max_parallel_requests ?? null,
  };
  return [
    subject('api_key', key.token, own),
    subject('model_per_key', `${key.token}:${model}`, perModel(key.fields.metadata, model)),
  ];
}

/** Everything whose limits a call of this caller to this model counts against. The master key has no limits. */
export function subjectsOf(call: Call, model: string, customerId: string | null): Subject[] {
  const { state } = call.proxy;
  const { key, team, userId } = call.caller;
  const subjects = keySubjects(call, model);
  const user = key && userId !== null ? state.users.get(userId) : undefined;
  if (user) subjects.push(subject('user', user.userId, user.fields));
  if (team) subjects.push(subject('team', team.teamId, team.fields));
  const member = userId === null ? undefined : team?.memberships[userId];
  const memberLimits = state.budgets.get(member?.budgetId ?? '')?.fields;
  if (team && memberLimits) subjects.push(subject('team_member', `${team.teamId}:${userId}`, memberLimits));
  const customer = customerId === null ? undefined : state.customers.get(customerId);
  const customerLimits = state.budgets.get(customer?.budgetId ?? '')?.fields;
  if (customer && customerLimits) subjects.push(subject('end_user', customer.userId, customerLimits));
  return subjects;
}

/** LiteLLM's 429 for a limit of its own, told apart from a provider's by the start of the message. */
export function limitError(call: Call, { subject: { kind, id }, type, limit, resetsAt }: Refusal): Error {
  const { profile } = call.proxy;
  const resets = `${resetsAt.toISOString().slice(0, 19).replace('T', ' ')} UTC`;
  return errorEnvelope({
    status: 429,
    message:
      `Rate limit exceeded for ${kind}: ${id}. Limit type: ${type}. ` +
      `Current limit: ${limit}, Remaining: 0. Limit resets at: ${resets}`,
    type: profile.ownLimitType,
    param: profile.authParam,
    headers: { 'retry-after': String(windowSeconds), rate_limit_type: type, reset_at: resets },
  });
}

import type { Call } from '../http/call.ts';
import type { Deployment } from '../models/catalogue.ts';
import { toUsd } from '../money.ts';
import { pythonFloat } from '../python.ts';

const apiBase = 'https://upstream.invalid/v1';

/** Nano-USD as the headers carry money: Python's text of a float. */
function usdHeader(nano: bigint): string {
  return pythonFloat(toUsd(nano));
}

/** Spend of the calling key in USD, as a header; the master key has none. */
function keySpend(call: Call): string {
  const { key } = call.caller;
  if (!key) return usdHeader(0n);
  const stored = call.proxy.state.keys.get(key.token) ?? key;
  return usdHeader(stored.spend + call.proxy.unwritten.of(`key:${key.token}`));
}

function keyLimits(call: Call): Record<string, string> {
  const { key } = call.caller;
  if (!key) return {};
  const { max_budget, tpm_limit, rpm_limit } = key.fields;
  return {
    ...(max_budget !== null && { 'x-litellm-key-max-budget': pythonFloat(max_budget) }),
    ...(tpm_limit !== null && { 'x-litellm-key-tpm-limit': String(tpm_limit) }),
    ...(rpm_limit !== null && { 'x-litellm-key-rpm-limit': String(rpm_limit) }),
  };
}

const durations = { 'x-litellm-response-duration-ms': '1.0', 'x-litellm-overhead-duration-ms': '0.1' };

/** Headers of an answer that is complete: with its cost, and the spend after it. */
export function answerHeaders(call: Call, callId: string, model: Deployment, cost: bigint): Record<string, string> {
  return {
    'x-litellm-call-id': callId,
    'x-litellm-model-id': model.id,
    'x-litellm-model-group': model.name,
    'x-litellm-model-api-base': apiBase,
    'x-litellm-version': call.proxy.profile.version,
    'x-litellm-response-cost': usdHeader(cost),
    'x-litellm-key-spend': keySpend(call),
    ...keyLimits(call),
    ...durations,
    'x-litellm-attempted-retries': '0',
    'x-litellm-max-retries': '0',
    'x-litellm-attempted-fallbacks': '0',
  };
}

/** Headers of a stream, sent before its cost is known: spend is what it was before the call. */
export function streamHeaders(call: Call, callId: string, model: Deployment): Record<string, string> {
  return {
    'x-litellm-call-id': callId,
    'x-litellm-model-id': model.id,
    'x-litellm-model-api-base': apiBase,
    'x-litellm-version': call.proxy.profile.version,
    'x-litellm-key-spend': keySpend(call),
    'x-litellm-response-cost-original': '0.0',
    'x-litellm-response-cost-discount-amount': '0.0',
    'x-litellm-response-cost-margin-amount': '0.0',
    'x-litellm-response-cost-margin-percent': '0.0',
    ...keyLimits(call),
    ...(call.proxy.profile.longStreamHeaders && {
      'x-litellm-model-name': model.name,
      'x-litellm-model-group': model.name,
      ...durations,
    }),
  };
}

/** Headers of an upstream's error; a 401 has none. */
export function upstreamErrorHeaders(call: Call, status: number, model: Deployment): Record<string, string> {
  if (status === 401) return {};
  return {
    'x-litellm-call-id': crypto.randomUUID(),
    'x-litellm-model-id': model.id,
    'x-litellm-key-spend': keySpend(call),
    'x-litellm-response-cost': '0.0',
    'x-litellm-timeout': '600.0',
  };
}

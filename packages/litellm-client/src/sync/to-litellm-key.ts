import {
  type ApiKeySecret,
  type Clock,
  KeywrightError,
  type MirrorKeyChange,
  type NewMirrorKey,
} from '@keywright/core';
import type { GenerateKeyRequest, UpdateKeyRequest } from '../key-requests.ts';
import { toUsdNumber } from '../money.ts';
import type { NonEmptyModels } from '../wire.ts';

/** The body of /key/generate for a new key. Null is left out: LiteLLM takes the two for the same there. */
export function toGenerateRequest(key: NewMirrorKey, secret: ApiKeySecret, clock: Clock): GenerateKeyRequest {
  return {
    key: secret.reveal(),
    key_alias: key.alias,
    key_type: 'llm_api',
    models: toModels(key.models),
    user_id: key.liteLlmUserId,
    team_id: key.liteLlmTeamId ?? undefined,
    max_budget: toUsd(key.maxBudget) ?? undefined,
    soft_budget: toUsd(key.softBudget) ?? undefined,
    budget_duration: key.budgetDuration ?? undefined,
    tpm_limit: key.tpmLimit ?? undefined,
    rpm_limit: key.rpmLimit ?? undefined,
    max_parallel_requests: key.maxParallelRequests ?? undefined,
    duration: key.expiresAt ? toDuration(key.expiresAt, clock) : undefined,
    metadata: { ...key.metadata },
    blocked: key.blocked,
    spend: toUsd(key.spend) ?? undefined,
  };
}

/** The body of /key/update: what is absent stays absent, null stays null. */
export function toUpdateRequest(change: MirrorKeyChange, clock: Clock): UpdateKeyRequest {
  return {
    user_id: change.liteLlmUserId,
    team_id: change.liteLlmTeamId,
    models: change.models && toModels(change.models),
    max_budget: toUsd(change.maxBudget),
    soft_budget: toUsd(change.softBudget),
    budget_duration: change.budgetDuration,
    tpm_limit: change.tpmLimit,
    rpm_limit: change.rpmLimit,
    max_parallel_requests: change.maxParallelRequests,
    // `-1` is the one form of "never" that every version takes: 1.81.12 ignores null
    duration: change.expiresAt === null ? '-1' : change.expiresAt && toDuration(change.expiresAt, clock),
    blocked: change.blocked,
  };
}

/**
 * LiteLLM counts from the moment it stores the key, so the part of a second is cut off: it ends a little before ours,
 * or later by no more than the call took. A key that ends within a second, or has ended, gets one second: zero and
 * below are refused (LL-C13).
 */
function toDuration(expiresAt: Date, clock: Clock): string {
  return `${Math.max(1, Math.floor((expiresAt.getTime() - clock.now()) / 1000))}s`;
}

function toUsd(nano: bigint | null | undefined): number | null | undefined {
  return typeof nano === 'bigint' ? toUsdNumber(nano) : nano;
}

/** The last gate before an empty list, which would open the key to every model (LL-C15). */
function toModels([first, ...rest]: readonly string[]): NonEmptyModels {
  if (first === undefined) throw new KeywrightError('internal_error', 'A key without models must not reach LiteLLM.');
  return [first, ...rest];
}

import type { MirroredKey } from '@keywright/core';
import { LiteLlmError } from '../errors/litellm-error.ts';
import type { LiteLlmKeyInfo } from '../key-answers.ts';
import { fromUsdNumber } from '../money.ts';

/** Undefined for a key that LiteLLM keeps as deleted (LL-C21). */
export function fromLiteLlmKey(keyHash: string, key: LiteLlmKeyInfo): MirroredKey | undefined {
  if (key.status === 'deleted') return undefined;
  return {
    keyHash,
    alias: key.key_alias,
    liteLlmUserId: key.user_id,
    liteLlmTeamId: key.team_id,
    models: key.models,
    maxBudget: toNano(key.max_budget),
    softBudget: toNano(key.litellm_budget_table?.soft_budget ?? null),
    budgetDuration: key.budget_duration,
    tpmLimit: key.tpm_limit,
    rpmLimit: key.rpm_limit,
    maxParallelRequests: key.max_parallel_requests,
    expiresAt: key.expires === null ? null : toDate(key.expires),
    blocked: key.blocked,
    metadata: key.metadata,
    spend: fromUsdNumber(key.spend ?? 0),
    createdAt: key.created_at === null ? null : toDate(key.created_at),
  };
}

function toNano(usd: number | null): bigint | null {
  return usd === null ? null : fromUsdNumber(usd);
}

const zoned = /(Z|[+-]\d\d:?\d\d)$/;

/** LiteLLM's times are UTC; where one comes without a zone, it must not be read as local time. */
function toDate(time: string): Date {
  const date = new Date(zoned.test(time) ? time : `${time}Z`);
  if (Number.isNaN(date.getTime()))
    throw new LiteLlmError('not_litellm', 'LiteLLM answered something for a time that is none.');
  return date;
}

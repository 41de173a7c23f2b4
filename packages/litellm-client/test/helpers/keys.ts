import type { MirrorKey } from '@keywright/core';

export const now: number = Date.parse('2026-11-21T06:00:00.250Z');

/** A key with every field set. */
export function mirrorKey(change: Partial<MirrorKey> = {}): MirrorKey {
  return {
    keyHash: 'b'.repeat(64),
    alias: 'kw/key-1/1',
    liteLlmUserId: 'kw/acme/alice',
    liteLlmTeamId: 'team-1',
    models: ['gpt-a', 'gpt-b'],
    maxBudget: 1_500_000_001n,
    softBudget: 1_000_000_000n,
    budgetDuration: '30d',
    tpmLimit: 1000,
    rpmLimit: 0,
    maxParallelRequests: 5,
    expiresAt: new Date(now + 3_600_900),
    blocked: false,
    metadata: {
      managed_by: 'keywright',
      tenant_id: 'acme',
      user_id: 'alice',
      subscription_id: 'sub-1',
      key_id: 'key-1',
      generation: 1,
    },
    ...change,
  };
}

/** A key without limits. */
export function unlimitedKey(): MirrorKey {
  return mirrorKey({
    liteLlmTeamId: null,
    maxBudget: null,
    softBudget: null,
    budgetDuration: null,
    tpmLimit: null,
    rpmLimit: null,
    maxParallelRequests: null,
    expiresAt: null,
  });
}

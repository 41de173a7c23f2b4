import type { MirroredKey, MirrorKey, MirrorKeyChange } from '@keywright/core';
import { expect, it } from 'vitest';
import { compareMirror } from '../../src/sync/compare-mirror.ts';

const desired: MirrorKey = {
  keyHash: 'h',
  alias: 'a',
  liteLlmUserId: 'u',
  liteLlmTeamId: null,
  models: ['m', 'n'],
  maxBudget: 5n,
  softBudget: null,
  budgetDuration: '30d',
  tpmLimit: 0,
  rpmLimit: null,
  maxParallelRequests: 3,
  expiresAt: new Date('2031-01-01T00:00:00Z'),
  blocked: false,
  metadata: { managed_by: 'k', tenant_id: 't', user_id: 'u', subscription_id: 's', key_id: 'i', generation: 1 },
};
const actual: MirroredKey = { ...desired, metadata: {}, spend: 0n, createdAt: null };

it('finds nothing to change where both are equal, whatever the order of models and the second of the expiry', () => {
  expect(compareMirror(desired, actual)).toBeUndefined();
  const near = { ...actual, models: ['n', 'm'], expiresAt: new Date('2031-01-01T00:00:02Z') };
  expect(compareMirror(desired, near)).toBeUndefined();
});

it.each<[Partial<MirroredKey>, MirrorKeyChange]>([
  [{ liteLlmUserId: 'v' }, { liteLlmUserId: 'u' }],
  [{ models: ['m'] }, { models: ['m', 'n'] }],
  [{ models: ['m', 'n', 'o'] }, { models: ['m', 'n'] }],
  [{ maxBudget: null }, { maxBudget: 5n }],
  [{ maxBudget: 6n }, { maxBudget: 5n }],
  [{ softBudget: 0n }, { softBudget: null }],
  [{ budgetDuration: null }, { budgetDuration: '30d' }],
  [{ tpmLimit: null }, { tpmLimit: 0 }],
  [{ rpmLimit: 0 }, { rpmLimit: null }],
  [{ maxParallelRequests: null }, { maxParallelRequests: 3 }],
  [{ expiresAt: null }, { expiresAt: desired.expiresAt }],
  [{ expiresAt: new Date('2031-01-01T00:00:02.001Z') }, { expiresAt: desired.expiresAt }],
  [{ blocked: true }, { blocked: false }],
])('changes what differs and nothing else (%#)', (differing, change) => {
  expect(compareMirror(desired, { ...actual, ...differing })).toEqual(change);
});

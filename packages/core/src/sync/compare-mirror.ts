import type { MirroredKey, MirrorKey, MirrorKeyChange } from './ports.ts';

/** LiteLLM keeps an expiry as "so many seconds from now", so it may be off by the time of the call. */
const expiryToleranceMs = 2_000;

/**
 * What must change in LiteLLM for a key to equal what it should be; undefined when it does. Pure. Money was rounded to
 * nano-USD on both sides, which is finer than LiteLLM's floats tell apart at 1e-9.
 */
export function compareMirror(desired: MirrorKey, actual: MirroredKey): MirrorKeyChange | undefined {
  const change: MirrorKeyChange = {
    ...(desired.liteLlmUserId !== actual.liteLlmUserId && { liteLlmUserId: desired.liteLlmUserId }),
    ...(!sameModels(desired.models, actual.models) && { models: desired.models }),
    ...(desired.maxBudget !== actual.maxBudget && { maxBudget: desired.maxBudget }),
    ...(desired.softBudget !== actual.softBudget && { softBudget: desired.softBudget }),
    ...(desired.budgetDuration !== actual.budgetDuration && { budgetDuration: desired.budgetDuration }),
    ...(desired.tpmLimit !== actual.tpmLimit && { tpmLimit: desired.tpmLimit }),
    ...(desired.rpmLimit !== actual.rpmLimit && { rpmLimit: desired.rpmLimit }),
    ...(desired.maxParallelRequests !== actual.maxParallelRequests && {
      maxParallelRequests: desired.maxParallelRequests,
    }),
    ...(!sameMoment(desired.expiresAt, actual.expiresAt) && { expiresAt: desired.expiresAt }),
    ...(desired.blocked !== actual.blocked && { blocked: desired.blocked }),
  };
  return Object.keys(change).length > 0 ? change : undefined;
}

function sameModels(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((model) => b.includes(model));
}

function sameMoment(a: Date | null, b: Date | null): boolean {
  if (a === null || b === null) return a === b;
  return Math.abs(a.getTime() - b.getTime()) <= expiryToleranceMs;
}

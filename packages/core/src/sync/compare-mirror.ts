import type { MirroredKey, MirrorKey, MirrorKeyChange } from './ports.ts';

/** LiteLLM keeps an expiry as "so many seconds from now", so it may be off by the time of the call. */
const expiryToleranceMs = 2_000;

/**
 * What must change in LiteLLM for a key to equal what it should be; undefined when it does. Pure. Money was rounded to
 * nano-USD on both sides, which is finer than LiteLLM's floats tell apart at 1e-9.
 */
export function compareMirror(desired: MirrorKey, actual: MirroredKey): MirrorKeyChange | undefined {
  const change: MirrorKeyChange = {
    ...differing(plainFields, desired, actual),
    ...(!sameModels(desired.models, actual.models) && { models: desired.models }),
    ...(!sameMoment(desired.expiresAt, actual.expiresAt) && { expiresAt: desired.expiresAt }),
  };
  return Object.keys(change).length > 0 ? change : undefined;
}

/** Those that are equal when they are the same. */
const plainFields = [
  'liteLlmUserId',
  'liteLlmTeamId',
  'maxBudget',
  'softBudget',
  'budgetDuration',
  'tpmLimit',
  'rpmLimit',
  'maxParallelRequests',
  'blocked',
] as const;

function differing<F extends keyof MirrorKey & keyof MirroredKey>(
  fields: readonly F[],
  desired: MirrorKey,
  actual: MirroredKey,
): Partial<Pick<MirrorKey, F>> {
  const change: Partial<Pick<MirrorKey, F>> = {};
  for (const field of fields) {
    const held: unknown = actual[field];
    if (desired[field] !== held) change[field] = desired[field];
  }
  return change;
}

function sameModels(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((model) => b.includes(model));
}

function sameMoment(a: Date | null, b: Date | null): boolean {
  if (a === null || b === null) return a === b;
  return Math.abs(a.getTime() - b.getTime()) <= expiryToleranceMs;
}

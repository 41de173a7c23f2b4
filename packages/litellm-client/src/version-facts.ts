/**
 * What differs between LiteLLM's versions and matters to who issues keys.
 *
 * - `duplicateKeyIsError` a secret that exists is refused, rather than answered 200 and not stored (LL-C8)
 * - `deletedInfo` /key/info goes on telling a deleted key, with the status `deleted` (LL-C21)
 * - `exactUserFilter` /key/list?user_id= does not find users whose id only holds it (LL-C24)
 * - `nullClears` null takes a limit away from a key (LL-C29)
 * - `nullClearsBudgetDuration` and its budget's duration
 * - `nullClearsUserRates` and the rate limits of a user
 * - `softBudgetUpdates` `soft_budget` of a key can be changed
 * - `aliasRace` two keys that are made at once can get the same alias (LL-C72)
 * - `v2InfoHasToken` /v2/key/info tells the hashes of keys (LL-C89)
 * - `userDeleteEvicts` a deleted user's keys are refused at once (LL-C52)
 * - `cutStreamReported` a stream that the provider cuts off ends with an error (LL-C73)
 * - `reservesBudget` a running call reserves what it could cost at most
 * - `pagesAliases` /key/aliases is paged and searched (LL-C27)
 */
export const capabilityNames = [
  'duplicateKeyIsError',
  'deletedInfo',
  'exactUserFilter',
  'nullClears',
  'nullClearsBudgetDuration',
  'nullClearsUserRates',
  'softBudgetUpdates',
  'aliasRace',
  'v2InfoHasToken',
  'userDeleteEvicts',
  'cutStreamReported',
  'reservesBudget',
  'pagesAliases',
] as const;

export type CapabilityName = (typeof capabilityNames)[number];

/** Versions that the contract was run on. */
export const triedVersions: readonly string[] = ['1.81.12', '1.92.2', '1.104.0', '1.108.10', '1.109.1'];

type Observation = readonly [version: string, holds: boolean];

const always: readonly Observation[] = [
  ['1.81.12', true],
  ['1.109.1', true],
];

/** Not on the first, yet on the second; between the two nobody looked. */
const since = (lastWithout: string, firstWith: string): readonly Observation[] => [
  ['1.81.12', false],
  [lastWithout, false],
  [firstWith, true],
  ['1.109.1', true],
];

/** What was seen, from the oldest version to the newest (reference, 10 and 14.8). */
const observations: Record<CapabilityName, readonly Observation[]> = {
  duplicateKeyIsError: [
    ['1.81.12', false],
    ['1.109.1', false],
  ],
  deletedInfo: since('1.92.2', '1.104.0'),
  exactUserFilter: [
    ['1.81.12', true],
    ['1.83.2', true],
    ['1.83.3', false],
    ['1.89.99', false],
    ['1.90.0', true],
    ['1.109.1', true],
  ],
  nullClears: always,
  nullClearsBudgetDuration: since('1.81.12', '1.109.1'),
  nullClearsUserRates: since('1.81.12', '1.109.1'),
  softBudgetUpdates: since('1.81.12', '1.109.1'),
  aliasRace: always,
  v2InfoHasToken: [
    ['1.81.12', true],
    ['1.92.2', false],
    ['1.109.1', false],
  ],
  userDeleteEvicts: since('1.92.2', '1.104.0'),
  cutStreamReported: since('1.92.2', '1.104.0'),
  reservesBudget: since('1.81.12', '1.104.0'),
  pagesAliases: since('1.81.12', '1.92.2'),
};

/** What LiteLLM means to change, so that the newest version seen says nothing of those after it. */
const announced: ReadonlySet<CapabilityName> = new Set(['duplicateKeyIsError']);

/** Whether a fact holds in a version; null when it lies between two that differ, or before the oldest. */
export function factOf(name: CapabilityName, version: string): boolean | null {
  const seen = observations[name];
  const before = seen.findLast(([at]) => compareVersions(at, version) <= 0);
  const after = seen.find(([at]) => compareVersions(at, version) >= 0);
  if (!before) return null;
  if (!after) return announced.has(name) ? null : before[1];
  return before[1] === after[1] ? before[1] : null;
}

/** By number, part by part. What follows the third number (`-nightly`, `.post1`) does not count. */
export function compareVersions(one: string, other: string): number {
  const [left, right] = [numbers(one), numbers(other)];
  for (const [index, number] of left.entries()) {
    const difference = number - (right[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

function numbers(version: string): number[] {
  const match = /^v?(\d+)\.(\d+)(?:\.(\d+))?/.exec(version);
  return [match?.[1], match?.[2], match?.[3]].map((part) => Number(part ?? 0));
}

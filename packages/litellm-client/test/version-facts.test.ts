import { describe, expect, test } from 'vitest';
import { capabilityNames, compareVersions, factOf, triedVersions } from '../src/version-facts.ts';

describe('what a version is known to do', () => {
  test.each([
    ['deletedInfo', '1.81.12', false],
    ['deletedInfo', '1.92.2', false],
    ['deletedInfo', '1.98.0', null],
    ['deletedInfo', '1.104.0', true],
    ['deletedInfo', '1.109.1', true],
    ['deletedInfo', '1.140.0', true],
    ['exactUserFilter', '1.81.12', true],
    ['exactUserFilter', '1.83.3', false],
    ['exactUserFilter', '1.89.4', false],
    ['exactUserFilter', '1.90.0', true],
    ['v2InfoHasToken', '1.81.12', true],
    ['v2InfoHasToken', '1.92.2', false],
    ['duplicateKeyIsError', '1.109.1', false],
    ['duplicateKeyIsError', '1.110.0', null],
    ['nullClears', '1.80.0', null],
    ['nullClearsUserRates', '1.81.12', false],
    ['nullClearsUserRates', '1.109.1', true],
  ] as const)('%s on %s: %s', (name, version, holds) => expect(factOf(name, version)).toBe(holds));

  test.each(triedVersions)('%s was tried, so that little of it is unknown', (version) => {
    const unknown = capabilityNames.filter((name) => factOf(name, version) === null);
    const between = ['nullClearsBudgetDuration', 'nullClearsUserRates', 'softBudgetUpdates', 'reservesBudget'];
    expect(unknown.filter((name) => !between.includes(name))).toEqual([]);
  });

  test.each([
    ['1.9.0', '1.10.0', -1],
    ['1.81.12', '1.81.12', 0],
    ['1.81.12.post1', '1.81.12', 0],
    ['v1.104.0-nightly', '1.104.0', 0],
    ['2.0', '1.109.1', 1],
    ['unknown', '1.81.12', -1],
  ])('%s compared with %s', (one, other, sign) => expect(Math.sign(compareVersions(one, other))).toBe(sign));
});

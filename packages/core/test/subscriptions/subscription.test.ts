import { isSubscriptionActive, nextStatuses, type SubscriptionStatus, subscriptionStatuses } from '@keywright/core';
import { describe, expect, it } from 'vitest';

const allowed = new Set([
  'pending>active',
  'pending>denied',
  'active>suspended',
  'active>cancelled',
  'active>expired',
  'active>inactive',
  'suspended>active',
  'suspended>cancelled',
  'inactive>active',
  'inactive>cancelled',
  'denied>pending',
]);

const pairs = subscriptionStatuses.flatMap((from) => subscriptionStatuses.map((to) => [from, to] as const));

describe('the status of a subscription', () => {
  it('has 49 pairs', () => {
    expect(pairs).toHaveLength(49);
  });

  it.each(pairs)('from %s to %s is as the table says', (from, to) => {
    expect(nextStatuses(from).includes(to)).toBe(allowed.has(`${from}>${to}`));
  });
});

describe('isSubscriptionActive', () => {
  const now = Date.parse('2030-01-01T00:00:00Z');
  const at = (ms: number) => new Date(now + ms);
  const active = { status: 'active' as SubscriptionStatus, startsAt: null, expiresAt: null };

  it('needs the status active', () => {
    for (const status of subscriptionStatuses) {
      expect(isSubscriptionActive({ ...active, status }, now)).toBe(status === 'active');
    }
  });

  it('holds from the first moment of its validity and ends with the last', () => {
    expect(isSubscriptionActive({ ...active, startsAt: at(0), expiresAt: at(1) }, now)).toBe(true);
    expect(isSubscriptionActive({ ...active, startsAt: at(1) }, now)).toBe(false);
    expect(isSubscriptionActive({ ...active, expiresAt: at(0) }, now)).toBe(false);
    expect(isSubscriptionActive({ ...active, expiresAt: at(1) }, now)).toBe(true);
  });
});

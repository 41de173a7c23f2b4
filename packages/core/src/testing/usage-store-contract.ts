import { type ApiKey, type UsageEvent, type UsageFilter, uuidv7 } from '@keywright/core';
import { describe, expect, it } from 'vitest';
import { anActiveKey, anId, anOwner, aTenant, newUsageEvent } from './builders.ts';
import { nastyTexts } from './pages.ts';
import type { StorageFixture } from './storage-fixture.ts';

const always = { from: new Date('2000-01-01T00:00:00Z'), to: new Date('2100-01-01T00:00:00Z') };
const nothing = { requests: 0, inputTokens: 0, outputTokens: 0, costNano: 0n };

/** What every `UsageStore` promises, together with the `UsageLedger` that fills it. */
export function usageStoreContract(fixture: StorageFixture): void {
  const usage = () => fixture.storage.usage;
  const append = (...events: UsageEvent[]) => fixture.storage.unscoped.ledger.append(events);
  const aKey = async () => anActiveKey(fixture.storage, await anOwner(fixture.storage));
  const reload = async (key: ApiKey) =>
    (await fixture.storage.keys.find({ tenantId: key.tenantId }, key.id))?.key ?? expect.unreachable();
  const at = (time: string) => ({ reservationId: uuidv7(Date.parse(time)) });
  const totals = (key: ApiKey, filter: Partial<UsageFilter> = {}) =>
    usage().totals(key.tenantId, { ...always, ...filter });

  describe('append', () => {
    it('adds an event to the totals and to the spend and token count of its key', async () => {
      const key = await aKey();
      await append(newUsageEvent(key, { inputTokens: 7, outputTokens: 4, costNano: 1n }));
      expect(await totals(key)).toEqual({ requests: 1, inputTokens: 7, outputTokens: 4, costNano: 1n });
      expect(await reload(key)).toMatchObject({ currentSpend: 1n, currentQuotaUsage: 11, version: key.version });
    });

    it('counts an event once, however often it is handed in', async () => {
      const key = await aKey();
      const event = newUsageEvent(key);
      await append(event, event);
      await append(event);
      await Promise.all([append(event), append(event, newUsageEvent(key)), append(event)]);
      expect(await totals(key)).toEqual({ requests: 2, inputTokens: 20, outputTokens: 10, costNano: 2_000_000n });
      expect(await reload(key)).toMatchObject({ currentSpend: 2_000_000n, currentQuotaUsage: 30 });
    });

    it('keeps the first of two different events under one id', async () => {
      const key = await aKey();
      const event = newUsageEvent(key, { costNano: 1n });
      await append(event);
      await append({ ...event, costNano: 9n, model: 'other' });
      expect(await totals(key)).toMatchObject({ costNano: 1n });
      expect(await reload(key)).toMatchObject({ currentSpend: 1n });
    });

    it('takes a correction as figures to add, not as another request', async () => {
      const key = await aKey();
      const event = newUsageEvent(key, { costNano: null });
      await append(event, { ...event, seq: 1, inputTokens: 0, outputTokens: 0, costNano: 5n });
      expect(await totals(key)).toEqual({ requests: 1, inputTokens: 10, outputTokens: 5, costNano: 5n });
      expect(await reload(key)).toMatchObject({ currentSpend: 5n, currentQuotaUsage: 15 });
    });

    it('adds up several keys and tenants in one batch', async () => {
      const [one, other] = [await aKey(), await aKey()];
      const sibling = await anActiveKey(fixture.storage, one);
      await append(
        ...[one, other, sibling, one].map((key) => newUsageEvent(key, { costNano: 2n })),
        newUsageEvent(other, { costNano: 3n, inputTokens: 0, outputTokens: 0 }),
      );
      expect(await reload(one)).toMatchObject({ currentSpend: 4n, currentQuotaUsage: 30 });
      expect(await reload(sibling)).toMatchObject({ currentSpend: 2n, currentQuotaUsage: 15 });
      expect(await reload(other)).toMatchObject({ currentSpend: 5n, currentQuotaUsage: 15 });
      expect(await totals(one)).toMatchObject({ requests: 3, costNano: 6n });
      expect(await totals(other)).toMatchObject({ requests: 2, costNano: 5n });
    });

    it('knows an unknown cost from none, and counts it as nothing', async () => {
      const key = await aKey();
      await append(newUsageEvent(key, { costNano: null, priceVersion: null }), newUsageEvent(key, { costNano: 0n }));
      expect(await totals(key)).toEqual({ requests: 2, inputTokens: 20, outputTokens: 10, costNano: 0n });
      expect(await reload(key)).toMatchObject({ currentSpend: 0n, currentQuotaUsage: 30 });
    });

    it('adds up amounts and counts that no float or 32-bit number holds', async () => {
      const key = await aKey();
      const large = { inputTokens: 2_000_000_000, outputTokens: 2_000_000_000, costNano: 9_007_199_254_740_993n };
      await append(newUsageEvent(key, large), newUsageEvent(key, { ...large, costNano: 1n }));
      const inputTokens = 4_000_000_000;
      const costNano = 9_007_199_254_740_994n;
      expect(await totals(key)).toEqual({ requests: 2, inputTokens, outputTokens: inputTokens, costNano });
      expect(await reload(key)).toMatchObject({ currentSpend: costNano, currentQuotaUsage: 8_000_000_000 });
    });

    it('keeps events of keys that are gone, and never touches the key of another tenant', async () => {
      const key = await aKey();
      const elsewhere = { ...key, tenantId: aTenant() };
      const gone = { ...key, id: anId() };
      const odd = { ...key, id: nastyTexts[0] ?? '' };
      await append(newUsageEvent(elsewhere), newUsageEvent(gone), newUsageEvent(odd));
      expect(await reload(key)).toMatchObject({ currentSpend: 0n, currentQuotaUsage: 0 });
      expect(await totals(key)).toMatchObject({ requests: 2 });
      expect(await totals(elsewhere)).toMatchObject({ requests: 1 });
    });

    it('takes no events, hundreds of events, and events of any month', async () => {
      const key = await aKey();
      await append();
      await append(...Array.from({ length: 300 }, () => newUsageEvent(key)));
      await append(newUsageEvent(key, at('2001-02-03T04:05:06Z')), newUsageEvent(key, at('2099-12-31T23:59:59Z')));
      expect(await totals(key)).toMatchObject({ requests: 302 });
      expect(await reload(key)).toMatchObject({ currentQuotaUsage: 302 * 15 });
    });
  });

  describe('totals', () => {
    it('filters by user, key and subscription', async () => {
      const key = await aKey();
      const sibling = await anActiveKey(fixture.storage, key);
      const colleague = await anActiveKey(fixture.storage, await anOwner(fixture.storage, { tenantId: key.tenantId }));
      await append(newUsageEvent(key), newUsageEvent(sibling), newUsageEvent(colleague));
      expect(await totals(key)).toMatchObject({ requests: 3 });
      expect(await totals(key, { userId: key.userId })).toMatchObject({ requests: 2 });
      expect(await totals(key, { subscriptionId: key.subscriptionId })).toMatchObject({ requests: 2 });
      expect(await totals(key, { keyId: sibling.id, userId: undefined })).toMatchObject({ requests: 1 });
      expect(await totals(key, { keyId: key.id, userId: colleague.userId })).toEqual(nothing);
      expect(await totals(key, { keyId: "no'uuid" })).toEqual(nothing);
    });

    it('is zero for another tenant', async () => {
      const key = await aKey();
      await append(newUsageEvent(key));
      expect(await usage().totals(aTenant(), always)).toEqual(nothing);
      expect(await usage().totals(aTenant(), { ...always, keyId: key.id })).toEqual(nothing);
      expect(await usage().series(aTenant(), { ...always, keyId: key.id }, 'day')).toEqual([]);
    });

    it('counts from `from` on and before `to`, to the millisecond', async () => {
      const key = await aKey();
      await append(
        newUsageEvent(key, at('2026-03-01T00:00:00.000Z')),
        newUsageEvent(key, at('2026-03-01T00:00:00.999Z')),
      );
      const range = async (from: string, to: string) =>
        (await totals(key, { from: new Date(from), to: new Date(to) })).requests;
      expect(await range('2026-03-01T00:00:00.000Z', '2026-03-01T00:00:00.999Z')).toBe(1);
      expect(await range('2026-03-01T00:00:00.000Z', '2026-03-01T00:00:01.000Z')).toBe(2);
      expect(await range('2026-03-01T00:00:00.001Z', '2026-03-01T00:00:00.999Z')).toBe(0);
      expect(await range('2026-02-01T00:00:00.000Z', '2026-03-01T00:00:00.000Z')).toBe(0);
    });
  });

  describe('series', () => {
    it('adds up hours and days of UTC that have usage, oldest first', async () => {
      const key = await aKey();
      for (const time of [
        '2026-10-25T00:59:59.999Z',
        '2026-10-24T23:30:00Z',
        '2026-10-25T00:00:00Z',
        '2026-10-25T23:59:59Z',
      ]) {
        await append(newUsageEvent(key, { ...at(time), costNano: 1n }));
      }
      const one = { requests: 1, inputTokens: 10, outputTokens: 5, costNano: 1n };
      const two = { requests: 2, inputTokens: 20, outputTokens: 10, costNano: 2n };
      expect(await usage().series(key.tenantId, always, 'hour')).toEqual([
        { at: new Date('2026-10-24T23:00:00Z'), ...one },
        { at: new Date('2026-10-25T00:00:00Z'), ...two },
        { at: new Date('2026-10-25T23:00:00Z'), ...one },
      ]);
      expect(await usage().series(key.tenantId, always, 'day')).toEqual([
        { at: new Date('2026-10-24T00:00:00Z'), ...one },
        { at: new Date('2026-10-25T00:00:00Z'), requests: 3, inputTokens: 30, outputTokens: 15, costNano: 3n },
      ]);
      const filter = { from: new Date('2026-10-25T00:00:00Z'), to: new Date('2026-10-25T23:59:59Z'), keyId: key.id };
      expect(await usage().series(key.tenantId, filter, 'day')).toEqual([
        { at: new Date('2026-10-25T00:00:00Z'), ...two },
      ]);
      expect(await usage().series(key.tenantId, { ...always, userId: 'someone-else' }, 'day')).toEqual([]);
    });
  });
}

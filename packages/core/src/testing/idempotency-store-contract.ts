import type { IdempotencyState, IdempotentCall } from '@keywright/core';
import { describe, expect, it } from 'vitest';
import { aLease, anId, aTenant } from './builders.ts';
import { nastyTexts } from './pages.ts';
import type { StorageFixture } from './storage-fixture.ts';

const aMinute = 60_000;
const aDay = 24 * 60 * aMinute;

/** What every `IdempotencyStore` promises. */
export function idempotencyStoreContract(fixture: StorageFixture): void {
  const store = () => fixture.storage.idempotency;
  const aCall = (change: Partial<IdempotentCall> = {}): IdempotentCall => ({
    userId: 'alice',
    route: 'POST /api-keys',
    key: anId(),
    ...change,
  });
  const begin = (tenantId: string, call: IdempotentCall, lease = aLease(), requestHash = 'hash') =>
    store().begin(tenantId, call, requestHash, lease, aDay);
  const begun: IdempotencyState = { state: 'begun' };
  const answer = { status: 201, body: { id: 'key-1', limits: [1, null, { a: 'ü' }], nothing: null } };

  it('gives a key to the first call, and tells the others what it was taken for', async () => {
    const [tenantId, call] = [aTenant(), aCall()];
    expect(await begin(tenantId, call)).toEqual(begun);
    const second = await begin(tenantId, call, aLease(), 'another hash');
    expect(second).toEqual({ state: 'running', requestHash: 'hash', leaseMs: expect.any(Number) });
    if (second.state !== 'running') throw new Error('unreachable');
    expect(second.leaseMs).toBeGreaterThan(0);
    expect(second.leaseMs).toBeLessThanOrEqual(aMinute);
  });

  it('gives a key to exactly one of twenty calls at once', async () => {
    const [tenantId, call] = [aTenant(), aCall()];
    const states = await Promise.all(Array.from({ length: 20 }, () => begin(tenantId, call)));
    expect(states.filter(({ state }) => state === 'begun')).toHaveLength(1);
    expect(states.filter(({ state }) => state === 'running')).toHaveLength(19);
  });

  it('gives a key whose holder died to exactly one of twenty calls at once', async () => {
    const [tenantId, call] = [aTenant(), aCall()];
    await begin(tenantId, call);
    await fixture.outside.ageIdempotentCall(tenantId, call, aMinute);
    const states = await Promise.all(Array.from({ length: 20 }, () => begin(tenantId, call)));
    expect(states.filter(({ state }) => state === 'begun')).toHaveLength(1);
  });

  it('answers a repetition with what the first call was answered', async () => {
    const [tenantId, call, lease] = [aTenant(), aCall(), aLease()];
    await begin(tenantId, call, lease);
    expect(await store().finish(tenantId, call, lease.token, answer)).toBe(true);
    const finished = { state: 'finished', requestHash: 'hash', answer };
    expect(await begin(tenantId, call, aLease(), 'another hash')).toEqual(finished);
    await fixture.outside.ageIdempotentCall(tenantId, call, 2 * aMinute); // there is no lease any more that could end
    expect(await begin(tenantId, call)).toEqual(finished);
  });

  it.each([null, 'a text', 0, false, [], {}, [{ deep: [1.5, 'ü'] }]])('keeps the body %j', async (body) => {
    const [tenantId, call, lease] = [aTenant(), aCall(), aLease()];
    await begin(tenantId, call, lease);
    await store().finish(tenantId, call, lease.token, { status: 200, body });
    expect(await begin(tenantId, call)).toMatchObject({ answer: { status: 200, body } });
  });

  it('keeps apart tenants, users, routes and keys, whatever they are made of', async () => {
    const key = anId();
    const names = ['a', 'A', ...nastyTexts];
    const tenantId = aTenant();
    const calls = names.flatMap((name) => [
      aCall({ key, userId: name }),
      aCall({ key, route: name }),
      aCall({ key: name }),
    ]);
    for (const call of calls) expect(await begin(tenantId, call)).toEqual(begun);
    for (const call of calls) expect((await begin(tenantId, call)).state).toBe('running');
    expect(await begin(aTenant(), aCall({ key: 'a' }))).toEqual(begun);
  });

  it('lets a call be tried again after it was released', async () => {
    const [tenantId, call, lease] = [aTenant(), aCall(), aLease()];
    await begin(tenantId, call, lease);
    await store().release(tenantId, call, lease.token);
    expect(await begin(tenantId, call, aLease(), 'another hash')).toEqual(begun);
    expect(await begin(tenantId, call)).toMatchObject({ state: 'running', requestHash: 'another hash' });
  });

  it('lets the next call take over when the lease ran out, and the first one write nothing then', async () => {
    const [tenantId, call, first, second] = [aTenant(), aCall(), aLease(), aLease()];
    await begin(tenantId, call, first);
    await fixture.outside.ageIdempotentCall(tenantId, call, aMinute);
    expect(await begin(tenantId, call, second, 'another hash')).toEqual(begun);
    expect(await store().finish(tenantId, call, first.token, answer)).toBe(false);
    await store().release(tenantId, call, first.token);
    expect(await begin(tenantId, call)).toMatchObject({ state: 'running', requestHash: 'another hash' });
    expect(await store().finish(tenantId, call, second.token, answer)).toBe(true);
    expect(await store().finish(tenantId, call, second.token, { status: 500, body: null })).toBe(false);
    expect(await begin(tenantId, call)).toMatchObject({ state: 'finished', answer });
  });

  it('lets the holder finish late as long as nobody took over', async () => {
    const [tenantId, call, lease] = [aTenant(), aCall(), aLease()];
    await begin(tenantId, call, lease);
    await fixture.outside.ageIdempotentCall(tenantId, call, 2 * aMinute);
    expect(await store().finish(tenantId, call, lease.token, answer)).toBe(true);
    expect((await begin(tenantId, call)).state).toBe('finished');
  });

  it('finds nothing to finish or to release under another tenant or token', async () => {
    const [tenantId, call, lease] = [aTenant(), aCall(), aLease()];
    await begin(tenantId, call, lease);
    expect(await store().finish(aTenant(), call, lease.token, answer)).toBe(false);
    expect(await store().finish(tenantId, call, anId(), answer)).toBe(false);
    await store().release(aTenant(), call, lease.token);
    await store().release(tenantId, call, anId());
    expect((await begin(tenantId, call)).state).toBe('running');
  });

  it('forgets an answer when its time is over, and not a moment before', async () => {
    const [tenantId, call, lease] = [aTenant(), aCall(), aLease()];
    await begin(tenantId, call, lease);
    await store().finish(tenantId, call, lease.token, answer);
    await fixture.outside.ageIdempotentCall(tenantId, call, aDay - aMinute);
    expect((await begin(tenantId, call)).state).toBe('finished');
    await fixture.outside.ageIdempotentCall(tenantId, call, aMinute);
    expect(await begin(tenantId, call)).toEqual(begun);
  });

  it('is undone with the transaction that it was called in', async () => {
    const [tenantId, call] = [aTenant(), aCall()];
    const failure = new Error('on purpose');
    const work = fixture.storage.transaction(async (stores) => {
      await stores.idempotency.begin(tenantId, call, 'hash', aLease(), aDay);
      throw failure;
    });
    await expect(work).rejects.toBe(failure);
    expect(await begin(tenantId, call)).toEqual(begun);
  });

  describe('upkeep', () => {
    it('removes the calls whose time is over, and no others', async () => {
      const [tenantId, old, kept, lease] = [aTenant(), aCall(), aCall(), aLease()];
      await begin(tenantId, old, lease);
      await begin(tenantId, kept);
      await fixture.outside.ageIdempotentCall(tenantId, old, aDay);
      await fixture.storage.unscoped.maintain();
      expect(await store().finish(tenantId, old, lease.token, answer)).toBe(false); // the row is gone
      expect((await begin(tenantId, kept)).state).toBe('running');
    });
  });
}

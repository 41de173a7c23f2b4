import { type ApiKey, uuidv7 } from '@keywright/core';
import { anActiveKey, anOwner, FixedClock, newUsageEvent } from '@keywright/core/testing';
import { createPostgresStorage, migrate } from '@keywright/postgres-store';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createDatabase, describePostgres, type TestDatabase } from '../support/real-postgres.ts';

const always = { from: new Date('2000-01-01'), to: new Date('2100-01-01') };

describePostgres('nodes that write the ledger at once', () => {
  let database: TestDatabase;
  let storages: ReturnType<typeof createPostgresStorage>[];
  beforeAll(async () => {
    database = await createDatabase();
    const pools = Array.from({ length: 3 }, () => database.pool(4));
    for (const pool of pools) await migrate({ pool }).up();
    storages = pools.map((pool) => createPostgresStorage({ pool }));
  });
  afterAll(() => database.drop());

  const keysOf = async (count: number): Promise<ApiKey[]> => {
    const [storage] = storages;
    if (!storage) throw new Error('unreachable');
    const owner = await anOwner(storage);
    return Promise.all(Array.from({ length: count }, () => anActiveKey(storage, owner)));
  };
  const deadlocks = async () =>
    Number(
      (
        await database.run<{ n: string }>(
          'select deadlocks as n from pg_stat_database where datname = current_database()',
        )
      )[0]?.n,
    );

  it('add up exactly over the same keys in any order, and never wait for each other in a circle', async () => {
    const keys = await keysOf(5);
    const batch = (round: number) =>
      keys
        .map((key) => newUsageEvent(key, { costNano: 3n }))
        .sort((a, b) => (a.keyId < b.keyId === (round % 2 === 0) ? 1 : -1));
    await Promise.all(
      storages.flatMap(({ unscoped }) =>
        Array.from({ length: 30 }, (_, round) => unscoped.ledger.append(batch(round))),
      ),
    );
    for (const key of keys) {
      const found = await storages[0]?.keys.find({ tenantId: key.tenantId }, key.id);
      expect(found?.key).toMatchObject({ currentSpend: 270n, currentQuotaUsage: 90 * 15 });
    }
    expect(await deadlocks()).toBe(0);
  });

  it('write an event once that all of them hand in', async () => {
    const [key] = await keysOf(1);
    if (!key) throw new Error('unreachable');
    const events = Array.from({ length: 20 }, () => newUsageEvent(key));
    await Promise.all(
      storages.flatMap(({ unscoped }) => [unscoped.ledger.append(events), unscoped.ledger.append(events.toReversed())]),
    );
    expect((await storages[0]?.usage.totals(key.tenantId, always))?.requests).toBe(20);
    expect((await storages[0]?.keys.find({ tenantId: key.tenantId }, key.id))?.key.currentQuotaUsage).toBe(300);
  });

  it('lose nothing and hear of no error while partitions are added under them', async () => {
    const [key] = await keysOf(1);
    if (!key) throw new Error('unreachable');
    const months = Array.from({ length: 24 }, (_, month) => Date.UTC(2040, month, 10));
    const pool = database.pool(4);
    const maintainAt = (time: number) =>
      createPostgresStorage({ pool, clock: new FixedClock(new Date(time)) }).unscoped.maintain();
    const events = months.flatMap((time) =>
      Array.from({ length: 10 }, () => newUsageEvent(key, { reservationId: uuidv7(time) })),
    );
    await Promise.all([
      ...events.map((event, index) => storages[index % 3]?.unscoped.ledger.append([event])),
      ...months.map(maintainAt),
    ]);
    expect((await storages[0]?.usage.totals(key.tenantId, always))?.requests).toBe(240);
    expect(await database.run('select 1 from keywright.usage_events_default')).toEqual([]);
  });

  it('and write last-used times at once without waiting in a circle', async () => {
    const keys = await keysOf(5);
    const at = (ms: number) => new Date(Date.UTC(2030, 0, 1) + ms);
    await Promise.all(
      Array.from({ length: 30 }, (_, round) => {
        const uses = keys.map(({ tenantId, id }) => ({ tenantId, keyId: id, at: at(round) }));
        return storages[round % 3]?.unscoped.recordLastUsed(round % 2 ? uses : uses.reverse());
      }),
    );
    for (const key of keys) {
      const found = await storages[0]?.keys.find({ tenantId: key.tenantId }, key.id);
      expect(found?.key.lastUsedAt).toEqual(at(29));
    }
    expect(await deadlocks()).toBe(0);
  });
});

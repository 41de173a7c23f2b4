import { EventEmitter } from 'node:events';
import { type ApiKey, uuidv7 } from '@keywright/core';
import { anActiveKey, anOwner, FixedClock, newUsageEvent } from '@keywright/core/testing';
import { createPostgresStorage, migrate } from '@keywright/postgres-store';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { createDatabase, describePostgres, type TestDatabase } from '../support/real-postgres.ts';

const always = { from: new Date('2000-01-01'), to: new Date('2100-01-01') };

describePostgres('nodes that write the ledger at once', () => {
  let database: TestDatabase;
  let storages: ReturnType<typeof createPostgresStorage>[];
  let refusals: string[] = [];
  beforeEach(() => {
    refusals = [];
  });
  beforeAll(async () => {
    database = await createDatabase();
    const pools = Array.from({ length: 3 }, () => database.pool(4));
    for (const pool of pools) {
      pool.on('connect', (client) => {
        // what a retry would hide
        const connection: unknown = Reflect.get(client, 'connection');
        if (connection instanceof EventEmitter) connection.on('errorMessage', ({ code }) => refusals.push(code));
      });
      await migrate({ pool }).up();
    }
    storages = pools.map((pool) => createPostgresStorage({ pool }));
  });
  afterAll(() => database.drop());

  const keysOf = async (count: number): Promise<ApiKey[]> => {
    const [storage] = storages;
    if (!storage) throw new Error('unreachable');
    const owner = await anOwner(storage);
    return Promise.all(Array.from({ length: count }, () => anActiveKey(storage, owner)));
  };

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
    expect(refusals).toEqual([]);
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
    expect(refusals).toEqual([]);
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

  it('move an event into its partition that was still being written when the partition was begun', async () => {
    const [key] = await keysOf(1);
    if (!key) throw new Error('unreachable');
    const time = Date.UTC(2050, 0, 10);
    const pool = database.pool(3);
    const writer = await pool.connect();
    await writer.query('begin');
    await writer.query(
      `insert into keywright.usage_events (tenant_id, reserved_at, reservation_id, seq, user_id, subscription_id,
        key_id, model, input_tokens, output_tokens, source, outcome)
        values ($1, $2, $3, 0, 'u', 's', 'k', 'm', 1, 1, 'response', 'completed')`,
      [key.tenantId, new Date(time), uuidv7(time)],
    );
    const maintained = createPostgresStorage({ pool, clock: new FixedClock(new Date(time)) }).unscoped.maintain();
    await database.untilWaiting(1);
    await writer.query('commit');
    writer.release();
    await maintained;
    expect(await database.run('select 1 from keywright.usage_events_2050_01')).toHaveLength(1);
  });

  it('write an event that was on its way to the default partition when its own was attached', async () => {
    const [key] = await keysOf(1);
    if (!key) throw new Error('unreachable');
    const time = Date.UTC(2060, 0, 10);
    const pool = database.pool(3);
    const holder = await pool.connect();
    await holder.query('begin');
    await holder.query('lock table keywright.usage_events in share update exclusive mode'); // lets writes pass
    const maintained = createPostgresStorage({ pool, clock: new FixedClock(new Date(time)) }).unscoped.maintain();
    await database.untilWaiting(1);
    const written = storages[0]?.unscoped.ledger.append([newUsageEvent(key, { reservationId: uuidv7(time) })]);
    await database.untilWaiting(2);
    await holder.query('commit');
    holder.release();
    await Promise.all([maintained, written]);
    expect(await database.run('select 1 from keywright.usage_events_2060_01')).toHaveLength(1);
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
    expect(refusals).toEqual([]);
  });
});

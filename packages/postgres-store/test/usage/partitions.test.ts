import { uuidv7 } from '@keywright/core';
import { anActiveKey, anOwner, FixedClock, newUsageEvent } from '@keywright/core/testing';
import { createPostgresStorage, migrate } from '@keywright/postgres-store';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { missingPartitions } from '../../src/usage/partitions.ts';
import { describeDrivers, type OpenedDatabase } from '../support/drivers.ts';

describe('the partitions that should be there', () => {
  const names = (time: string, tables: string[] = []) =>
    missingPartitions('s', ['usage_events', ...tables], Date.parse(time)).map(({ title }) =>
      title.replace('partition usage_events_', ''),
    );

  it('are those of the month in UTC and the three after it, over the end of a year', () => {
    expect(names('2030-11-30T23:59:59.999Z')).toEqual(['2030_11', '2030_12', '2031_01', '2031_02']);
    expect(names('2030-12-01T00:00:00Z')).toEqual(['2030_12', '2031_01', '2031_02', '2031_03']);
    expect(names('2028-01-31T12:00:00Z')).toEqual(['2028_01', '2028_02', '2028_03', '2028_04']);
  });

  it('are made once', () => {
    const tables = ['usage_events_2030_11', 'usage_events_2031_01'];
    expect(names('2030-11-15T00:00:00Z', tables)).toEqual(['2030_12', '2031_02']);
  });
});

describeDrivers('the ledger', (open) => {
  let database: OpenedDatabase;
  const clock = new FixedClock('2030-01-15T00:00:00Z');
  beforeAll(async () => {
    database = await open();
    await migrate({ ...database.client, clock }).up();
  });
  afterAll(() => database.close());

  const storageAt = (time: string) => createPostgresStorage({ ...database.client, clock: new FixedClock(time) });
  const rowsIn = async (table: string) =>
    (await database.run<{ n: number }>(`select count(*)::int as n from keywright.${table}`))[0]?.n;
  const eventAt = (key: Parameters<typeof newUsageEvent>[0], time: string) =>
    newUsageEvent(key, { reservationId: uuidv7(Date.parse(time)) });

  it('puts an event into the partition of its month, or into the default one', async () => {
    const storage = storageAt('2030-01-15T00:00:00Z');
    const key = await anActiveKey(storage, await anOwner(storage));
    await storage.unscoped.ledger.append(
      ['2029-12-31T23:59:59.999Z', '2030-01-01T00:00:00Z', '2030-04-30T23:59:59.999Z', '2030-05-01T00:00:00Z'].map(
        (time) => eventAt(key, time),
      ),
    );
    expect(await rowsIn('usage_events_2030_01')).toBe(1);
    expect(await rowsIn('usage_events_2030_04')).toBe(1);
    expect(await rowsIn('usage_events_default')).toBe(2);
  });

  it('moves events that came before their partition into it, and counts them as before', async () => {
    const storage = storageAt('2031-06-15T00:00:00Z');
    const key = await anActiveKey(storage, await anOwner(storage));
    const event = eventAt(key, '2031-06-02T00:00:00Z');
    await storage.unscoped.ledger.append([event, eventAt(key, '2031-07-31T23:59:59.999Z')]);
    const before = await rowsIn('usage_events_default');
    const range = { from: new Date('2031-01-01'), to: new Date('2032-01-01') };
    const totals = await storage.usage.totals(key.tenantId, range);
    expect(totals.requests).toBe(2);
    await storage.unscoped.maintain();
    expect(await rowsIn('usage_events_2031_06')).toBe(1);
    expect(await rowsIn('usage_events_2031_07')).toBe(1);
    expect(await rowsIn('usage_events_default')).toBe((before ?? 0) - 2);
    expect(await storage.usage.totals(key.tenantId, range)).toEqual(totals);
    await storage.unscoped.ledger.append([event]);
    expect(await storage.usage.totals(key.tenantId, range)).toEqual(totals);
  });

  it('makes nothing, and fails not, where the ledger is not there yet', async () => {
    await migrate({ ...database.client, schema: 'young', clock }).up({ to: 4 });
    await createPostgresStorage({ ...database.client, schema: 'young', clock }).unscoped.maintain();
    expect(
      await database.run(`select 1 from pg_tables where schemaname = 'young' and tablename like 'usage%'`),
    ).toEqual([]);
  });
});

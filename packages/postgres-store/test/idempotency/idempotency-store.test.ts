import { aLease, anId, aTenant } from '@keywright/core/testing';
import { createPostgresStorage, migrate } from '@keywright/postgres-store';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createDatabase, describePostgres, type TestDatabase } from '../support/real-postgres.ts';
import { type WatchedPool, watchedPool } from '../support/wire.ts';

describePostgres('idempotency keys', () => {
  let database: TestDatabase;
  let wire: WatchedPool;
  beforeAll(async () => {
    database = await createDatabase();
    await migrate({ pool: database.pool() }).up();
    wire = await watchedPool(database.name);
  });
  afterAll(async () => {
    await wire.close();
    await database.drop();
  });

  const aCall = () => ({ userId: 'alice', route: 'POST /api-keys', key: anId() });
  const aDay = 24 * 3_600_000;
  const expired = (calls: number) =>
    database.run(
      `insert into keywright.idempotency_keys
          (tenant_id, user_id, route, key, request_hash, state, status, answer, expires_at)
        select 't', 'u', 'r', n::text, 'h', 'finished', 200, 'null', now() from generate_series(1, $1) as n`,
      [calls],
    );
  const count = async () => (await database.run('select 1 from keywright.idempotency_keys')).length;

  it('are taken, finished and released with one statement each', async () => {
    const { idempotency } = createPostgresStorage({ pool: wire.pool });
    const [call, lease] = [aCall(), aLease()];
    const statements = await wire.statements(async () => {
      await idempotency.begin('t', call, 'hash', lease, aDay);
      await idempotency.begin('t', call, 'hash', aLease(), aDay);
      await idempotency.finish('t', call, lease.token, { status: 201, body: {} });
      await idempotency.release('t', call, lease.token);
    });
    expect(statements.map((text) => text.split(' ')[0])).toEqual(['insert', 'insert', 'update', 'delete']);
  });

  it('are given to exactly one of twenty nodes, again and again', async () => {
    const nodes = Array.from({ length: 20 }, () => createPostgresStorage({ pool: database.pool(1) }).idempotency);
    for (let round = 0; round < 20; round++) {
      const [tenantId, call] = [aTenant(), aCall()];
      const states = await Promise.all(nodes.map((node) => node.begin(tenantId, call, 'hash', aLease(), aDay)));
      expect(states.filter(({ state }) => state === 'begun')).toHaveLength(1);
    }
  });

  it('are forgotten in batches of a thousand when their time is over, by two nodes at once', async () => {
    await database.run('delete from keywright.idempotency_keys');
    const { idempotency, unscoped } = createPostgresStorage({ pool: wire.pool });
    await idempotency.begin('t', aCall(), 'hash', aLease(), aDay);
    await expired(2500);
    const statements = await wire.statements(() => unscoped.maintain());
    expect(statements.filter((text) => text.includes('delete from "keywright"."idempotency_keys"'))).toHaveLength(3);
    expect(await count()).toBe(1);
    await expired(2500);
    await Promise.all([unscoped.maintain(), unscoped.maintain()]);
    expect(await count()).toBe(1);
  });

  it.each([
    [{ key: 'a\0b' }, 'key'],
    [{ route: '\ud800' }, 'route'],
  ])('that no database can hold are refused by name: %j', async (change, field) => {
    const { idempotency } = createPostgresStorage({ pool: wire.pool });
    const call = { ...aCall(), ...change };
    await expect(idempotency.begin('t', call, 'hash', aLease(), aDay)).rejects.toMatchObject({
      code: 'validation_failed',
      errors: [{ path: field }],
    });
  });
});

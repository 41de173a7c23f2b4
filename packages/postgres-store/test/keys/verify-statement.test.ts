import { anActiveKey, anOwner } from '@keywright/core/testing';
import { createPostgresStorage, migrate } from '@keywright/postgres-store';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createDatabase, describePostgres, type TestDatabase } from '../support/real-postgres.ts';

describePostgres('the hot statement', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createDatabase();
  });
  afterAll(() => database.drop());

  it('is prepared once for each connection and schema, and sees what migrations changed', async () => {
    const pool = database.pool(1);
    const found: string[] = [];
    for (const schema of ['one', 'two']) {
      await migrate({ pool, schema }).up();
      const storage = createPostgresStorage({ pool, schema });
      const key = await anActiveKey(storage, await anOwner(storage));
      for (let time = 0; time < 10; time++) {
        const row = await storage.unscoped.findBySecretHash(key.keyHash);
        if (row) found.push(row.key.id);
      }
    }
    expect(found).toHaveLength(20);
    const { rows } = await pool.query(`select name from pg_prepared_statements where name like 'keywright_verify_%'`);
    expect(rows).toHaveLength(2);
    await pool.query('alter table one.api_keys add column later text');
    expect(
      await createPostgresStorage({ pool, schema: 'one' }).unscoped.findBySecretHash('a'.repeat(64)),
    ).toBeUndefined();
  });

  it('reads five tables by their keys alone', async () => {
    const pool = database.pool(1);
    const { rows } = await pool.query(`select statement from pg_prepared_statements`);
    expect(rows).toEqual([]);
    const storage = createPostgresStorage({ pool, schema: 'one' });
    await storage.unscoped.findBySecretHash('a'.repeat(64));
    const prepared = await pool.query<{ name: string }>('select name from pg_prepared_statements');
    await pool.query('set enable_seqscan = off');
    const plan = await pool.query(`explain execute ${prepared.rows[0]?.name} ('\\x00')`);
    const text = JSON.stringify(plan.rows);
    expect(text.match(/Index Scan/g)).toHaveLength(5);
    expect(text).not.toContain('Seq Scan');
  });
});

import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startBin } from './support/run-bin.ts';
import { runHere } from './support/run-here.ts';
import { type SetUp, setUp } from './support/set-up.ts';

const {
  PGHOST: host,
  PGPORT: port = '5432',
  PGUSER: user = 'postgres',
  PGDATABASE: database = 'postgres',
} = process.env;

const hint = 'skipped: needs PostgreSQL; run `node tools/with-node.mjs node tools/with-postgres.mjs vitest run`';
const name = 'on a PostgreSQL server';

describe.skipIf(host === undefined)(host ? name : `${name} (${hint})`, { timeout: 120_000 }, () => {
  const schema = `cli_${process.pid}`;
  const url = `postgres://${user}@${host}:${port}/${database}`;
  const client = new pg.Client({ connectionString: url });
  let place: SetUp;
  let env: Record<string, string>;

  beforeAll(async () => {
    place = await setUp();
    env = { ...place.env, KEYWRIGHT_DATA_DIR: '', DATABASE_URL: url, KEYWRIGHT_SCHEMA: schema };
    await client.connect();
    await runHere(['migrate', 'up'], { env });
  }, 120_000);
  afterAll(async () => {
    await client.query(`drop schema if exists ${schema} cascade`);
    await client.end();
    await place.close();
  });

  test('what a command changes is told to the nodes of the application before it ends', async () => {
    const heard: unknown[] = [];
    client.on('notification', ({ payload = '' }) => heard.push(JSON.parse(payload)));
    await client.query(`listen ${schema}`);
    await runHere(['subscriptions', 'create', '--tenant', 'acme', '--user', 'alice', '--models', 'gpt-4o'], { env });
    await runHere(['users', 'update', 'alice', '--tenant', 'acme', '--active', 'false'], { env });
    await client.query('select 1'); // what was sent before comes before its answer
    expect(heard).toContainEqual({ of: 'user', tenantId: 'acme', id: 'alice' });
    await client.query(`unlisten ${schema}`);
  });

  test('a worker listens on a connection of its own, and closes it at the end', async () => {
    const listening = async () =>
      (await client.query(`select 1 from pg_stat_activity where query ilike 'listen%${schema}%'`)).rowCount;
    const worker = startBin(['worker'], env);
    await worker.says('The worker runs');
    await expect.poll(listening, { timeout: 30_000 }).toBe(1);
    worker.child.kill('SIGTERM');
    expect(await worker.outcome).toMatchObject({ code: 0, stdout: '' });
    await expect.poll(listening, { timeout: 30_000 }).toBe(0);
  });

  test('doctor finds nothing wrong there, and names an index that was dropped', async () => {
    await runHere(['reconcile'], { env });
    const doctor = async () => JSON.parse((await runHere(['doctor', '--json'], { env })).stdout);
    const bad = ({ findings }: { findings: { severity: string; check: string }[] }) =>
      findings.filter(({ severity, check }) => check.startsWith('database.') && /warning|error/.test(severity));
    const right = await doctor();
    expect(bad(right)).toEqual([]);
    expect(right.findings).toContainEqual(
      expect.objectContaining({
        severity: 'info',
        check: 'database.privileges',
        remedy: expect.stringContaining('revoke'),
      }),
    );
    await client.query(`drop index ${schema}.sync_tasks_due`);
    const [finding, ...others] = bad(await doctor());
    expect(others).toEqual([]);
    expect(finding).toMatchObject({ severity: 'warning', what: expect.stringContaining('sync_tasks.sync_tasks_due') });
  });

  test('doctor gives up on a database that takes connections and never answers', async () => {
    const sockets: Socket[] = [];
    const silent: Server = createServer((socket) => sockets.push(socket)).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const address = silent.address();
    const at = typeof address === 'object' ? address?.port : undefined;
    const outcome = await runHere(['doctor', '--json'], {
      env: { ...env, DATABASE_URL: `postgres://me@127.0.0.1:${at}/x` },
    });
    for (const socket of sockets) socket.destroy();
    silent.close();
    expect(outcome.code).toBe(1);
    const { findings } = JSON.parse(outcome.stdout);
    expect(findings).toContainEqual(expect.objectContaining({ severity: 'error', check: 'database.reachable' }));
    expect(findings).toContainEqual(expect.objectContaining({ severity: 'ok', check: 'litellm.reachable' }));
  });
});

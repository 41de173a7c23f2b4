import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { linesOf, runHere } from './support/run-here.ts';
import { type SetUp, setUp } from './support/set-up.ts';

describe('sync', { timeout: 120_000 }, () => {
  let place: SetUp;
  const keywright = (args: readonly string[]) => runHere(args, { env: place.env });
  const json = async (...args: string[]) => {
    const { stdout, ...rest } = await keywright([...args, '--json']);
    return { ...rest, body: stdout === '' ? undefined : JSON.parse(stdout) };
  };

  beforeAll(async () => {
    place = await setUp();
    await keywright(['migrate', 'up']);
  }, 120_000);
  afterAll(() => place.close());

  test('of nothing at all: nothing pending, nothing dead, never compared', async () => {
    const status = await json('sync', 'status');
    const nothing = { pending: 0, dead: 0, oldestSeconds: null, lastError: null, lastReconcile: null };
    expect(status).toEqual({ code: 0, stderr: '', body: nothing });
    expect((await keywright(['sync', 'list'])).stdout).toBe('No entries.\n');
    expect(await keywright(['sync', 'retry', '--all-dead'])).toEqual({
      code: 0,
      stdout: 'Nothing is dead.\n',
      stderr: '',
    });
  });

  test('what LiteLLM refused is counted as dead, with exit code 1, and listed with the reason', async () => {
    const message = 'user quota of the proxy is used up';
    const refusal = { error: { message, type: 'invalid_request_error', param: null, code: '400' } };
    place.standIn.standIn.faults.add({ kind: 'status', route: 'POST /user/new', status: 400, times: 2, body: refusal });
    for (const tenant of ['acme', 'globex']) {
      await keywright(['subscriptions', 'create', '--tenant', tenant, '--user', 'alice', '--models', 'gpt-4o']);
    }
    expect((await json('sync', 'status')).body).toMatchObject({ pending: 2, dead: 0 });
    expect((await keywright(['sync', 'list', '--dead'])).stdout).toBe('No entries.\n');
    const worker = await keywright(['worker', '--once']);
    expect(worker.code).toBe(1);
    expect(worker.stderr).toContain('keywright sync list --dead');
    const status = await keywright(['sync', 'status']);
    expect(status.code).toBe(1);
    expect(status.stdout).toMatch(/^dead: +2$/m);
    expect((await json('sync', 'status', '--tenant', 'acme')).body).toMatchObject({ pending: 0, dead: 1 });
    const table = linesOf((await keywright(['sync', 'list', '--dead'])).stdout);
    expect(table[0]).toMatch(/^TENANT +ENTITY +ID +STATE +FAILED +LAST ERROR/);
    expect(table).toHaveLength(3);
    for (const line of table.slice(1)) expect(line).toContain(message);
    const one = await json('sync', 'list', '--tenant', 'acme');
    expect(one.body).toMatchObject({ data: [{ tenantId: 'acme', entity: 'user', entityId: 'alice' }], hasMore: false });
    const first = await keywright(['sync', 'list', '--limit', '1']);
    expect(linesOf(first.stdout)).toHaveLength(2);
    expect(first.stderr).toContain('There are more');
  });

  test('retry of one entry, then of all that is dead, lets the worker do them', async () => {
    const one = await json('sync', 'retry', 'user', 'alice', '--tenant', 'acme');
    expect(one).toMatchObject({
      code: 0,
      body: { retried: [{ tenantId: 'acme', entity: 'user', entityId: 'alice' }] },
    });
    expect((await json('sync', 'status')).body).toMatchObject({ pending: 1, dead: 1 });
    const rest = await keywright(['sync', 'retry', '--all-dead']);
    expect(rest).toMatchObject({ code: 0, stdout: 'retried user alice of globex\n' });
    expect(rest.stderr).toContain('worker --once');
    expect((await keywright(['worker', '--once'])).code).toBe(0);
    const ids = place.standIn.standIn.users().map(({ userId }) => userId);
    expect(ids.toSorted()).toEqual(['keywright/acme/alice', 'keywright/globex/alice']);
    expect((await keywright(['sync', 'status'])).code).toBe(0);
  });

  test('retry of what is equal already says so, and changes nothing', async () => {
    const { code, body, stderr } = await json('sync', 'retry', 'user', 'alice', '--tenant', 'acme');
    expect({ code, body }).toEqual({ code: 1, body: undefined });
    expect(JSON.parse(stderr).error.code).toBe('sync_task_not_found');
  });
});

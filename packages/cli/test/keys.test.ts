import { ApiKeySecret, secretFormat } from '@keywright/core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runBin } from './support/run-bin.ts';
import { linesOf, runHere } from './support/run-here.ts';
import { giveSubscription, type SetUp, setUp } from './support/set-up.ts';

const acme = ['--tenant', 'acme'];

describe('from the first migration to the last key', { timeout: 120_000 }, () => {
  let place: SetUp;
  let subscriptionId = '';
  let laptop = { id: '', key: '', keyPrefix: '' };

  beforeAll(async () => {
    place = await setUp();
  });
  afterAll(() => place.close());

  // the real program for what is to be shown of it; the rest within this process, which opens a PGlite faster
  const program = (args: string[], input?: string) => runBin(args, place.env, input);
  const keywright = (args: string[], input = '') => runHere(args, { env: place.env, input });
  const json = async (args: string[], input?: string) => {
    const { stdout, ...rest } = await keywright([...args, '--json'], input);
    return { ...rest, body: stdout === '' ? undefined : JSON.parse(stdout) };
  };

  test('before the migration every command says what to do', async () => {
    const list = await program(['keys', 'list', ...acme]);
    expect(list.code).toBe(2);
    expect(list.stderr).toContain('keywright migrate up');
    await keywright(['migrate', 'up']);
    await keywright(['migrate', 'down', '--to', '0', '--yes']);
    const empty = await program(['keys', 'list', ...acme]);
    expect(empty.code).toBe(1);
    expect(empty.stderr).toContain('keywright migrate');
    expect(linesOf(empty.stderr)).toHaveLength(1);
    expect(linesOf(list.stderr)).toHaveLength(1);
    const status = await json(['migrate', 'status']);
    expect(status.code).toBe(1);
    expect(status.body.applied).toEqual([]);
    expect(status.body.pending.length).toBeGreaterThan(0);
  });

  test('migrate up --sql prints a script and changes nothing', async () => {
    const { code, stdout } = await keywright(['migrate', 'up', '--sql']);
    expect(code).toBe(0);
    expect(stdout.toLowerCase()).toContain('create table');
    expect((await json(['migrate', 'status'])).body.applied).toEqual([]);
  });

  test('migrate up, status, down and up again', async () => {
    const up = await json(['migrate', 'up']);
    expect(up.code).toBe(0);
    const { applied } = up.body;
    expect((await keywright(['migrate', 'status'])).code).toBe(0);
    expect((await keywright(['migrate', 'down'])).code).toBe(2);
    expect((await keywright(['migrate', 'up', '--to', '9999'])).stderr).toContain('--to');
    const unsure = await keywright(['migrate', 'down', '--steps', '1']);
    expect(unsure).toMatchObject({ code: 2, stderr: 'keywright: --yes: is needed where nobody can be asked\n' });
    expect((await keywright(['migrate', 'status'])).code).toBe(0);
    expect((await keywright(['migrate', 'down', '--steps', '1', '--sql'])).code).toBe(0);
    expect((await json(['migrate', 'down', '--steps', '1', '--yes'])).body).toEqual({ undone: applied.slice(-1) });
    expect((await keywright(['migrate', 'status'])).code).toBe(1);
    expect((await json(['migrate', 'up'])).body).toEqual({ applied: applied.slice(-1) });
  });

  test('keys create prints the secret on stdout and nothing else, and LiteLLM holds the key', async () => {
    subscriptionId = await giveSubscription(place, 'acme', 'alice');
    const { code, stdout, stderr } = await program(['keys', 'create', ...acme, '--user', 'alice', '--name', 'ci']);
    expect(code).toBe(0);
    expect(stdout).toBe(`${stdout.trim()}\n`);
    expect(secretFormat(stdout.trim())).toBe('kw');
    expect(stderr).toContain('only time');
    expect(stderr).not.toContain(stdout.trim());
    expect(place.standIn.standIn.keys().map(({ token }) => token)).toEqual([new ApiKeySecret(stdout.trim()).hash]);
  });

  test('keys create takes every limit', async () => {
    const options = ['--models', 'gpt-4o-mini', '--expires', '2099-12-31', '--max-budget', '5', '--soft-budget', '4.5'];
    const more = ['--budget-duration', '30d', '--tpm', '1000', '--rpm', '0', '--max-parallel', '2', '--tags', 'a, b'];
    const rest = ['--permissions', 'llm:chat', '--allowed-ips', '10.0.0.0/8', '--subscription', subscriptionId];
    const { code, body } = await json([
      'keys',
      'create',
      ...acme,
      '--user',
      'alice',
      '--name',
      'laptop',
      ...options,
      ...more,
      ...rest,
    ]);
    expect(code).toBe(0);
    laptop = body;
    expect(body).toMatchObject({
      name: 'laptop',
      userId: 'alice',
      tenantId: 'acme',
      subscriptionId,
      models: ['gpt-4o-mini'],
      expiresAt: '2099-12-31T00:00:00.000Z',
      maxBudget: '5',
      softBudget: '4.5',
      budgetDuration: '30d',
      tpmLimit: 1000,
      rpmLimit: 0,
      maxParallelRequests: 2,
      tags: ['a', 'b'],
      permissions: ['llm:chat'],
      syncStatus: 'synced',
    });
  });

  test('what the core refuses is one line with its reason, and exit code 1', async () => {
    const create = ['keys', 'create', ...acme, '--user', 'alice', '--name', 'x'];
    const model = await keywright([...create, '--models', 'gpt-9']);
    expect(model.code).toBe(1);
    expect(model.stderr).toContain('gpt-9');
    const past = await keywright([...create, '--expires', '2020-01-01']);
    expect(past.code).toBe(2);
    expect(past.stderr).toMatch(/^keywright: --expires: should lie in the future\n$/);
    const nobody = await keywright(['keys', 'create', ...acme, '--user', 'nobody', '--name', 'x']);
    expect(nobody.code).toBe(1);
    expect(linesOf(nobody.stderr)).toHaveLength(1);
  });

  test('keys list shows a table, or JSON in pages, without any secret', async () => {
    const table = await program(['keys', 'list', ...acme]);
    expect(linesOf(table.stdout)[0]).toMatch(/^ID +NAME +USER +PREFIX +STATUS/);
    expect(linesOf(table.stdout)).toHaveLength(3);
    expect(table.stdout).not.toContain(laptop.key);
    const first = await json(['keys', 'list', ...acme, '--limit', '1']);
    expect(first.body.data.map(({ name }: { name: string }) => name)).toEqual(['laptop']);
    const second = await json(['keys', 'list', ...acme, '--limit', '1', '--cursor', first.body.nextCursor]);
    expect(second.body).toMatchObject({ data: [{ name: 'ci' }], nextCursor: null });
    expect((await json(['keys', 'list', ...acme, '--search', 'lap'])).body.data).toHaveLength(1);
    expect((await json(['keys', 'list', ...acme, '--status', 'blocked'])).body.data).toEqual([]);
    expect((await json(['keys', 'list', '--tenant', 'globex'])).body.data).toEqual([]);
  });

  test('keys inspect finds the key by secret, token id, prefix and id', async () => {
    const { id, key, keyPrefix } = laptop;
    const bySecret = await program(['keys', 'inspect', '-'], `${key}\n`);
    expect(bySecret.code).toBe(0);
    expect(bySecret.stdout).toContain(`owner:      alice (tenant acme)`);
    expect(bySecret.stdout).not.toContain(key);
    for (const text of [new ApiKeySecret(key).hash, keyPrefix, id]) {
      const { code, body } = await json(['keys', 'inspect', text, ...acme]);
      expect(code).toBe(0);
      expect(body.keys).toMatchObject([{ id, status: 'active', syncStatus: 'synced' }]);
    }
    const elsewhere = await json(['keys', 'inspect', '-', '--tenant', 'globex'], key);
    expect(elsewhere.code).toBe(1);
    expect(elsewhere.body.keys).toEqual([]);
  });

  test('keys delete takes the key out of both systems; a second time there is none', async () => {
    const remove = ['keys', 'delete', laptop.id, ...acme];
    expect((await keywright(remove)).code).toBe(2);
    const { code, body } = await json([...remove, '--yes']);
    expect(code).toBe(0);
    expect(body).toMatchObject({ id: laptop.id, pending: false });
    expect(place.standIn.standIn.keys()).toHaveLength(1);
    const again = await program([...remove, '--yes']);
    expect(again.code).toBe(1);
    expect(linesOf(again.stderr)).toHaveLength(1);
    expect((await json(['keys', 'inspect', '-'], laptop.key)).body.keys).toEqual([]);
  });

  test('with LiteLLM down nothing is created, and the line says so', async () => {
    place.standIn.standIn.down();
    const { code, stdout, stderr } = await keywright(['keys', 'create', ...acme, '--user', 'alice', '--name', 'late']);
    place.standIn.standIn.up();
    expect(code).toBe(1);
    expect(stdout).toBe('');
    expect(stderr).toContain('Nothing was created');
    expect((await json(['keys', 'list', ...acme])).body.data).toHaveLength(1);
  });
});

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { linesOf, runHere } from './support/run-here.ts';
import { type SetUp, setUp } from './support/set-up.ts';

describe('tenants and users', { timeout: 120_000 }, () => {
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

  test('tenants create names a tenant; a second time it exists', async () => {
    expect((await keywright(['tenants', 'list'])).stdout).toBe('No tenants.\n');
    const { code, stdout } = await keywright(['tenants', 'create', 'acme', '--name', 'Acme Inc.']);
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'Created the tenant acme.\n' });
    const again = await json('tenants', 'create', 'acme');
    expect(again).toMatchObject({ code: 1, body: undefined });
    expect(JSON.parse(again.stderr).error.code).toBe('tenant_exists');
    const second = await json('tenants', 'create', 'the second one', '--active', 'false', '--team', 'team-1');
    expect(second.body).toMatchObject({ id: 'the second one', name: null, isActive: false, liteLlmTeamId: 'team-1' });
  });

  test('tenants list shows a table, or JSON in pages, also where an id holds spaces', async () => {
    const table = linesOf((await keywright(['tenants', 'list'])).stdout);
    expect(table[0]).toMatch(/^ID +NAME +ACTIVE +LITELLM TEAM/);
    expect(table).toHaveLength(3);
    const first = await json('tenants', 'list', '--limit', '1');
    expect(first.body.data).toMatchObject([{ id: 'the second one' }]);
    const second = await json('tenants', 'list', '--limit', '1', '--cursor', first.body.nextCursor);
    expect(second.body).toMatchObject({ data: [{ id: 'acme', name: 'Acme Inc.' }], nextCursor: null });
    expect((await json('tenants', 'list', '--active', 'false')).body.data).toHaveLength(1);
    expect((await json('tenants', 'list', '--search', 'INC')).body.data).toMatchObject([{ id: 'acme' }]);
  });

  test('tenants update changes what is given, clears with --no-..., and leaves the rest', async () => {
    const off = await json('tenants', 'update', 'acme', '--active', 'false');
    expect(off.body).toMatchObject({ id: 'acme', name: 'Acme Inc.', isActive: false });
    expect((await json('tenants', 'update', 'acme', '--no-name')).body).toMatchObject({ name: null, isActive: false });
    const on = await keywright(['tenants', 'update', 'acme', '--active', 'true']);
    expect(on.stdout).toBe('Changed the tenant acme: it is active.\n');
    const nobody = await json('tenants', 'update', 'nobody', '--active', 'true');
    expect(nobody.code).toBe(1);
    expect(JSON.parse(nobody.stderr).error.code).toBe('tenant_not_found');
  });

  test('users list shows whom a subscription named, in pages', async () => {
    for (const user of ['alice', 'bob b']) {
      await keywright(['subscriptions', 'create', '--tenant', 'acme', '--user', user, '--models', 'gpt-4o']);
    }
    const table = linesOf((await keywright(['users', 'list', '--tenant', 'acme'])).stdout);
    expect(table[0]).toMatch(/^ID +NAME +E-MAIL +ACTIVE +BUDGET USD/);
    expect(table).toHaveLength(3);
    const first = await json('users', 'list', '--tenant', 'acme', '--limit', '1');
    const next = ['--cursor', first.body.nextCursor];
    const second = await json('users', 'list', '--tenant', 'acme', '--limit', '1', ...next);
    const ids = [...first.body.data, ...second.body.data].map(({ id }: { id: string }) => id);
    expect(ids).toEqual(['bob b', 'alice']);
    expect(second.body.nextCursor).toBeNull();
    expect((await keywright(['users', 'list', '--tenant', 'globex'])).stdout).toBe('No users.\n');
  });

  test('users update: absent stays, --no-... clears, 0 is 0', async () => {
    const update = (...more: string[]) => json('users', 'update', 'alice', '--tenant', 'acme', ...more);
    const set = await update(
      '--max-budget',
      '12.5',
      '--tpm',
      '0',
      '--rpm',
      '60',
      '--name',
      'Alice',
      '--email',
      'a@b.c',
    );
    expect(set.body).toMatchObject({ maxBudget: '12.5', tpmLimit: 0, rpmLimit: 60, name: 'Alice', email: 'a@b.c' });
    const cleared = await update('--no-max-budget', '--no-rpm', '--no-email');
    expect(cleared.body).toMatchObject({ maxBudget: null, tpmLimit: 0, rpmLimit: null, name: 'Alice', email: null });
    const off = await keywright(['users', 'update', 'alice', '--tenant', 'acme', '--active', 'false']);
    const told =
      'Changed alice, which is now: not active, name Alice, e-mail -, no budget limit, 0 tokens per minute, ' +
      'no limit of requests.\n';
    expect(off).toEqual({ code: 0, stdout: told, stderr: '' });
    const inactive = await json('users', 'list', '--tenant', 'acme', '--active', 'false');
    expect(inactive.body.data).toMatchObject([{ id: 'alice', isActive: false, maxBudget: null }]);
    const elsewhere = await json('users', 'update', 'alice', '--tenant', 'globex', '--active', 'true');
    expect(JSON.parse(elsewhere.stderr).error.code).toBe('user_not_found');
  });
});

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { linesOf, runHere } from './support/run-here.ts';
import { type SetUp, setUp } from './support/set-up.ts';

describe('audit', { timeout: 120_000 }, () => {
  let place: SetUp;
  const keywright = (args: readonly string[], more = {}) => runHere(args, { env: place.env, ...more });
  const list = async (...more: string[]) => {
    const { stdout } = await keywright(['audit', 'list', '--tenant', 'acme', ...more, '--json']);
    return JSON.parse(stdout);
  };

  beforeAll(async () => {
    place = await setUp();
    await keywright(['migrate', 'up']);
    await keywright(['tenants', 'create', 'acme']);
    await keywright(['tenants', 'update', 'acme', '--active', 'false']);
    await keywright(['tenants', 'create', 'globex']);
  }, 120_000);
  afterAll(() => place.close());

  test('list tells who did what in one tenant, as a table or as JSON in pages', async () => {
    const table = linesOf((await keywright(['audit', 'list', '--tenant', 'acme'])).stdout);
    expect(table[0]).toMatch(/^WHEN +ACTOR +ACTION +RESOURCE +FROM/);
    expect(table.slice(1)).toEqual([
      expect.stringMatching(/ cli +TENANT_UPDATE +tenant acme +-$/),
      expect.stringMatching(/ cli +TENANT_CREATE +tenant acme +-$/),
    ]);
    const first = await list('--limit', '1');
    expect(first.data).toMatchObject([
      { action: 'TENANT_UPDATE', before: { isActive: true }, after: { isActive: false }, actorRoles: ['operator'] },
    ]);
    const second = await list('--limit', '1', '--cursor', first.nextCursor);
    expect(second).toMatchObject({ data: [{ action: 'TENANT_CREATE' }], nextCursor: null });
    expect((await keywright(['audit', 'list', '--tenant', 'nobody'])).stdout).toBe('No entries.\n');
  });

  test('every filter of list narrows it', async () => {
    const count = async (...more: string[]) => (await list(...more)).data.length;
    expect(await count('--actor', 'cli')).toBe(2);
    expect(await count('--actor', 'keywright')).toBe(0);
    expect(await count('--action', 'TENANT_CREATE')).toBe(1);
    expect(await count('--resource-type', 'api_key')).toBe(0);
    expect(await count('--resource-id', 'acme', '--resource-type', 'tenant')).toBe(2);
    expect(await count('--from', '1d')).toBe(2);
    expect(await count('--to', '1d')).toBe(0);
  });

  test('purge asks at a terminal, and removes nothing without a yes', async () => {
    const purge = ['audit', 'purge', '--before', new Date().toISOString()];
    const { code, stdout, stderr } = await keywright(purge, { input: 'n\n', isTTY: true });
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain('It cannot be undone.');
    expect((await list()).data).toHaveLength(2);
  });

  test('purge --yes removes what is older, of every tenant, and says how many', async () => {
    const none = await keywright(['audit', 'purge', '--before', '1d', '--yes']);
    expect(none).toEqual({ code: 0, stdout: 'Removed 0 entries.\n', stderr: '' });
    const before = new Date().toISOString();
    const { code, stdout } = await keywright(['audit', 'purge', '--before', before, '--yes', '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual({ before, removed: 3 });
    expect((await list()).data).toEqual([]);
  });
});

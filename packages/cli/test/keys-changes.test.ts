import { ApiKeySecret } from '@keywright/core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runBin } from './support/run-bin.ts';
import { linesOf, runHere } from './support/run-here.ts';
import { type SetUp, setUp } from './support/set-up.ts';

const acme = ['--tenant', 'acme'];

describe('a key after its creation', { timeout: 120_000 }, () => {
  let place: SetUp;
  let key = { id: '', key: '', keyPrefix: '' };

  const keywright = (args: readonly string[], env = {}) => runHere(args, { env: { ...place.env, ...env } });
  const json = async (args: readonly string[], env = {}) => {
    const { stdout, ...rest } = await keywright([...args, '--json'], env);
    return { ...rest, stdout, body: stdout === '' ? undefined : JSON.parse(stdout) };
  };
  const create = (user: string, name: string) => json(['keys', 'create', ...acme, '--user', user, '--name', name]);
  const tokens = () => place.standIn.standIn.keys().map(({ token }) => token);

  beforeAll(async () => {
    place = await setUp();
    await keywright(['migrate', 'up']);
    for (const user of ['alice', 'bob']) {
      await keywright(['subscriptions', 'create', ...acme, '--user', user, '--models', 'gpt-4o']);
    }
    key = (await create('alice', 'laptop')).body;
  }, 120_000);
  afterAll(() => place.close());

  test('keys rotate prints the new secret on stdout and nothing else, and both secrets work in LiteLLM', async () => {
    const { code, stdout, stderr } = await runBin(['keys', 'rotate', key.id, ...acme, '--grace', '1h'], place.env);
    expect({ code, stdout }).toEqual({ code: 0, stdout: `${stdout.trim()}\n` });
    expect(stderr).toContain('works until');
    expect(stderr).not.toContain(stdout.trim());
    expect(tokens().toSorted()).toEqual([key.key, stdout.trim()].map((text) => new ApiKeySecret(text).hash).toSorted());
  });

  test('keys rotate with --grace 0s ends the old secrets at once; a second rotation within a grace is refused', async () => {
    const refused = await json(['keys', 'rotate', key.id, ...acme]);
    expect({ code: refused.code, stdout: refused.stdout }).toEqual({ code: 1, stdout: '' });
    expect(JSON.parse(refused.stderr).error.code).toBe('rotation_in_progress');
    const { code, body } = await json(['keys', 'rotate', key.id, ...acme, '--grace', '0s']);
    expect(code).toBe(0);
    expect(body).toMatchObject({ id: key.id, name: 'laptop', status: 'active', previousUntil: expect.any(String) });
    expect(body.keyPrefix).not.toBe(key.keyPrefix);
    await keywright(['worker', '--once']);
    expect(tokens()).toEqual([new ApiKeySecret(body.key).hash]);
  });

  test('keys block and unblock, here and in LiteLLM, with the key as JSON', async () => {
    const blocked = await json(['keys', 'block', key.id, ...acme]);
    expect(blocked).toMatchObject({ code: 0, body: { id: key.id, status: 'blocked', blockedBy: 'admin' } });
    expect(place.standIn.standIn.keys().map((stored) => stored.blocked)).toEqual([true]);
    const unblocked = await keywright(['keys', 'unblock', key.id, ...acme]);
    expect(unblocked).toEqual({ code: 0, stdout: `${key.id} is active.\n`, stderr: '' });
    expect(place.standIn.standIn.keys().map((stored) => stored.blocked)).toEqual([false]);
  });

  test('with LiteLLM down a block counts here at once, and the line says what is left', async () => {
    place.standIn.standIn.down();
    const blocked = await keywright(['keys', 'block', key.id, ...acme]);
    place.standIn.standIn.up();
    expect(blocked).toMatchObject({ code: 0, stdout: `${key.id} is blocked.\n` });
    expect(blocked.stderr).toContain('the worker goes on');
    expect((await keywright(['keys', 'unblock', key.id, ...acme])).code).toBe(0);
  });

  test.each(['rotate', 'block', 'unblock'])('keys %s of another tenant finds nothing', async (verb) => {
    const { code, stdout, stderr } = await json(['keys', verb, key.id, '--tenant', 'globex']);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(JSON.parse(stderr).error.code).toBe('key_not_found');
  });

  test('keys bulk-delete without --yes tells what matches, needs no LiteLLM and deletes nothing', async () => {
    await create('bob', 'one');
    await create('bob', 'two');
    const env = { LITELLM_BASE_URL: '', LITELLM_MASTER_KEY: '' };
    const { code, stdout, stderr } = await keywright(['keys', 'bulk-delete', ...acme, '--user', 'bob'], env);
    expect(code).toBe(0);
    expect(linesOf(stdout).map((line) => line.split(/ +/).at(-1))).toEqual(['OUTCOME', 'would-delete', 'would-delete']);
    expect(stderr).toBe('Nothing was deleted: add --yes to delete them.\n');
    expect(tokens()).toHaveLength(3);
  });

  test('keys bulk-delete --yes deletes what matches in both systems, and nothing else', async () => {
    const { code, body } = await json(['keys', 'bulk-delete', ...acme, '--user', 'bob', '--search', 'one', '--yes']);
    expect(code).toBe(0);
    expect(body).toMatchObject({ matched: 1, hasMore: false, dryRun: false });
    expect(body.keys).toMatchObject([{ name: 'one', userId: 'bob', outcome: 'deleted' }]);
    const left = await json(['keys', 'list', ...acme]);
    expect(left.body.data.map(({ name }: { name: string }) => name).toSorted()).toEqual(['laptop', 'two']);
    expect(tokens()).toHaveLength(2);
    const none = await keywright(['keys', 'bulk-delete', ...acme, '--user', 'carol', '--yes']);
    expect(none).toEqual({ code: 0, stdout: 'No keys match.\n', stderr: '' });
  });
});

import { ApiKeySecret } from '@keywright/core';
import { createLiteLlmClient, type LiteLlmClient } from '@keywright/litellm-client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runBin } from './support/run-bin.ts';
import { linesOf, runHere, type Terminal } from './support/run-here.ts';
import { type SetUp, setUp } from './support/set-up.ts';

let place: SetUp;
let litellm: LiteLlmClient;
const secrets: Record<string, ApiKeySecret> = {};

const keywright = (args: readonly string[], more: Terminal = {}) => runHere(args, { env: place.env, ...more });
const reconcile = (...more: string[]) => keywright(['reconcile', '--grace', '0s', ...more]);
const reconcileJson = async (...more: string[]) => {
  const { stdout, ...rest } = await reconcile(...more, '--json');
  return { ...rest, body: JSON.parse(stdout) };
};

const hashOf = (name: string) => secrets[name]?.hash ?? '';

/** Somebody changes LiteLLM by hand. */
async function interfere(): Promise<void> {
  await litellm.keys.update(hashOf('changed'), { max_budget: 1000 });
  await litellm.keys.delete([hashOf('gone')]);
  const metadata = { managed_by: 'keywright', tenant_id: 'acme', key_id: 'unknown' };
  await litellm.keys.generate({ key_alias: 'keywright/left/1', models: ['gpt-4o'], metadata });
}

// in this order: equal, then different, then repaired
describe('reconcile', { timeout: 120_000 }, () => {
  beforeAll(async () => {
    place = await setUp();
    litellm = createLiteLlmClient({ baseUrl: place.standIn.url, masterKey: place.standIn.masterKey });
    await keywright(['migrate', 'up']);
    const alice = ['--tenant', 'acme', '--user', 'alice'];
    await keywright(['subscriptions', 'create', ...alice, '--models', 'gpt-4o']);
    for (const name of ['kept', 'changed', 'gone']) {
      const { stdout } = await keywright(['keys', 'create', ...alice, '--name', name]);
      secrets[name] = new ApiKeySecret(stdout.trim());
    }
  }, 120_000);
  afterAll(() => place.close());

  test('two systems that are equal: exit code 0', async () => {
    const { code, stdout, stderr } = await runBin(['reconcile', '--grace', '0s'], place.env);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toBe('Keys compared: 3, left alone as too young or under way: 0. Both systems are equal.\n');
    const young = await keywright(['reconcile']);
    expect(young).toMatchObject({ code: 0, stderr: '' });
    expect(young.stdout).toBe(
      'Keys compared: 0, left alone as too young or under way: 3. ' +
        'Nothing was old enough to compare; --grace 0s compares everything.\n',
    );
  });

  test('--json of two equal systems is one document without findings', async () => {
    expect(await reconcileJson()).toMatchObject({ code: 0, body: { outcome: 'equal', findings: [], repair: false } });
  });

  test('a terminal sees how far it is; the line is gone at the end', async () => {
    const { stderr } = await keywright(['reconcile', '--grace', '0s'], { isTTY: true });
    expect(stderr).toContain('Keys compared: 1, found: 0');
    expect(stderr.endsWith('\r\u001b[K')).toBe(true);
  });

  test('a signal ends it with one line, a whole document and exit code 1', async () => {
    const stop = new AbortController();
    const held = place.standIn.standIn.faults.add({ kind: 'hang', route: 'GET /key/list' });
    const running = keywright(['reconcile', '--json'], { stop });
    await held.reached;
    stop.abort();
    const { code, stdout, stderr } = await running;
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toEqual({ findings: [], outcome: 'aborted' });
    expect(linesOf(stderr)).toHaveLength(1);
    expect(stderr).toContain('Stopped before the end');
  });

  test('what differs is told, with what --repair would do, and nothing is changed: exit code 3', async () => {
    await interfere();
    const before = place.standIn.standIn.keys();
    const { code, stdout, stderr } = await reconcile();
    expect(code).toBe(3);
    expect(stderr).toBe('keywright: 3 of what was found stay different.\n');
    const [heading, ...lines] = linesOf(stdout);
    expect(heading).toMatch(/^KIND +TENANT +USER +KEY +WHAT DIFFERS$/);
    expect(lines.slice(0, 3).toSorted()).toEqual([
      expect.stringMatching(/^drifted +acme +alice +sk-kw_\S+ \S+ +maxBudget$/),
      expect.stringMatching(/^missing +acme +alice +sk-kw_\S+ \S+ +LiteLLM does not hold it$/),
      expect.stringMatching(/^orphan +acme +- +keywright\/left\/1 +LiteLLM holds it/),
    ]);
    expect(stdout).toContain('Found: drifted 1, missing 1, orphan 1, spend 0.');
    expect(stdout).toContain('With --repair:');
    expect(stdout).toContain('keywright keys rotate');
    for (const secret of Object.values(secrets)) expect(stdout + stderr).not.toContain(secret.reveal());
    expect(place.standIn.standIn.keys()).toEqual(before);
  });

  test('--json is one document with every finding, whatever the limit', async () => {
    const { code, body } = await reconcileJson('--limit', '1');
    expect(code).toBe(3);
    expect(body).toMatchObject({ outcome: 'different', repair: false, error: null });
    expect(body.counts).toEqual({ compared: 3, missing: 1, orphan: 1, drifted: 1, spend: 0, skipped: 0, repaired: 0 });
    const kinds = body.findings.map(({ kind }: { kind: string }) => kind);
    expect(kinds.toSorted()).toEqual(['drifted', 'missing', 'orphan']);
    const table = await reconcile('--limit', '1');
    expect(table.stderr).toContain('2 more are not shown');
    expect(linesOf(table.stdout).filter((line) => /^(drifted|missing|orphan) /.test(line))).toHaveLength(1);
  });

  test('a LiteLLM that is down repairs nothing: exit code 1', async () => {
    place.standIn.standIn.down();
    const { code, body, stderr } = await reconcileJson('--repair');
    const text = await reconcile('--repair');
    place.standIn.standIn.up();
    expect({ code, outcome: body.outcome }).toEqual({ code: 1, outcome: 'failed' });
    expect(JSON.parse(stderr).error.message).toContain('Nothing was repaired.');
    expect(text).toMatchObject({ code: 1, stdout: '' });
    expect(linesOf(text.stderr)).toHaveLength(1);
    expect((await reconcile()).code).toBe(3);
  });

  test('--repair makes them equal: exit code 0, and nothing is left the next time', async () => {
    const repaired = await reconcile('--repair');
    expect(repaired).toMatchObject({ code: 0, stderr: '' });
    expect(repaired.stdout).toContain('Repaired: 3.');
    expect(repaired.stdout).not.toContain('With --repair:');
    const kept = place.standIn.standIn.keys().map(({ token }) => token);
    expect(kept.toSorted()).toEqual([hashOf('kept'), hashOf('changed')].toSorted());
    expect((await litellm.keys.info(hashOf('changed'))).max_budget).toBeNull();
    const list = JSON.parse(
      (await keywright(['keys', 'list', '--tenant', 'acme', '--search', 'gone', '--json'])).stdout,
    );
    expect(list.data).toMatchObject([{ syncStatus: 'unmirrored' }]);
    expect((await reconcile()).code).toBe(0);
    const status = JSON.parse((await keywright(['sync', 'status', '--json'])).stdout);
    expect(status.lastReconcile).toMatchObject({ outcome: 'equal' });
  });

  test('more orphans than --max-orphans stay, and it says so: exit code 3; with as many allowed they go', async () => {
    const metadata = { managed_by: 'keywright', tenant_id: 'acme', key_id: 'unknown' };
    await litellm.keys.generate({ key_alias: 'keywright/left/2', models: ['gpt-4o'], metadata });
    const aliases = () => place.standIn.standIn.keys().map(({ alias }) => alias);
    const left = await reconcile('--repair', '--max-orphans', '0');
    expect(left.code).toBe(3);
    expect(left.stdout).toContain('orphan: left alone');
    expect(left.stdout).not.toContain('deleted from LiteLLM');
    expect(left.stderr).toMatch(/^keywright: Orphans left alone: 1\. .* \(--max-orphans 1\)\n$/);
    expect(aliases()).toContain('keywright/left/2');
    const gone = await reconcile('--repair', '--max-orphans', '1');
    expect(gone).toMatchObject({ code: 0, stderr: '' });
    expect(gone.stdout).toContain('orphan: was deleted from LiteLLM');
    expect(aliases()).not.toContain('keywright/left/2');
  });

  test('calls made to LiteLLM directly are reported as spend, which no repair takes away: exit code 3', async () => {
    const { url } = place.standIn;
    const headers = { authorization: `Bearer ${secrets.kept?.reveal()}`, 'content-type': 'application/json' };
    const body = JSON.stringify({ model: 'gpt-4o', messages: [{ role: 'user', content: 'word '.repeat(20_000) }] });
    expect((await fetch(`${url}/v1/chat/completions`, { method: 'POST', headers, body })).status).toBe(200);
    await expect
      .poll(async () => (await litellm.keys.info(hashOf('kept'))).spend, { timeout: 30_000 })
      .toBeGreaterThan(0.01);
    const { code, body: found } = await reconcileJson('--repair');
    expect(code).toBe(3);
    expect(found.findings).toMatchObject([{ kind: 'spend', userId: 'alice', inLedger: '0' }]);
    expect(Number(found.findings[0].inLiteLlm)).toBeGreaterThan(0.01);
    expect((await reconcile()).stdout).toContain('let only Keywright reach LiteLLM');
  });
});

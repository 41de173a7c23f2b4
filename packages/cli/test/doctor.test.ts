import path from 'node:path';
import { openPglite } from '@keywright/postgres-store/pglite';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { runBin } from './support/run-bin.ts';
import { linesOf, runHere } from './support/run-here.ts';
import { type SetUp, setUp } from './support/set-up.ts';

interface Finding {
  severity: string;
  check: string;
  what: string;
  remedy: string | null;
}

const masterKey = 'sk-a-long-enough-master-key-of-the-tests';
let place: SetUp;

beforeAll(async () => {
  place = await setUp({ masterKey });
  await runHere(['migrate', 'up'], { env: place.env });
}, 120_000);
afterAll(() => place.close());

async function doctor(env: Record<string, string> = {}, ...more: string[]) {
  const { code, stdout, stderr } = await runHere(['doctor', '--json', ...more], { env: { ...place.env, ...env } });
  const { findings, ...report }: { findings: Finding[]; worst: string; counts: object; capabilities: object | null } =
    JSON.parse(stdout);
  const bad = findings.filter(({ severity }) => severity === 'warning' || severity === 'error');
  const of = (check: string) => findings.filter((finding) => finding.check === check);
  return { code, stdout, stderr, findings, bad, of, ...report };
}

/** Asks LiteLLM, with a body by POST. */
async function call(route: string, body?: object) {
  const headers = { authorization: `Bearer ${masterKey}`, 'content-type': 'application/json' };
  const post = body && { method: 'POST', body: JSON.stringify(body) };
  return JSON.parse(await (await fetch(`${place.standIn.url}${route}`, { headers, ...post })).text());
}

async function inDatabase(...statements: string[]): Promise<void> {
  const { pglite, close } = await openPglite(path.join(place.env.KEYWRIGHT_DATA_DIR ?? '', 'postgres'));
  try {
    for (const statement of statements) await pglite.exec(statement);
  } finally {
    await close();
  }
}

describe('a set-up that is right', { timeout: 120_000 }, () => {
  test('has no warnings and no errors: exit code 0, a line for each check', async () => {
    const { code, stdout, stderr } = await runBin(['doctor'], place.env);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    for (const check of ['database.reachable', 'database.schema', 'litellm.version', 'sync.tasks']) {
      expect(stdout).toMatch(new RegExp(`^ok +${check.replace('.', '\\.')} `, 'm'));
    }
    expect(stdout).toMatch(/error 0, warning 0, info \d+, ok \d+\n$/);
  });

  test('--json is one document with findings, counts and what LiteLLM can do', async () => {
    const { code, worst, counts, capabilities, bad, findings } = await doctor();
    expect({ code, worst, bad }).toEqual({ code: 0, worst: 'info', bad: [] });
    expect(counts).toMatchObject({ warning: 0, error: 0 });
    expect(capabilities).toMatchObject({ version: '1.109.1', tried: true, can: { nullClears: true }, probed: [] });
    for (const finding of findings) {
      expect(finding).toEqual({
        severity: expect.stringMatching(/^(ok|info)$/),
        check: expect.stringMatching(/^[a-z]+\.[a-z-]+$/),
        what: expect.any(String),
        remedy: finding.remedy === null ? null : expect.any(String),
      });
    }
  });

  test('--probe looks what LiteLLM really does, and leaves nothing behind', async () => {
    const before = place.standIn.standIn.keys();
    const { code, capabilities, of } = await doctor({}, '--probe');
    expect(code).toBe(0);
    expect(capabilities).toMatchObject({ customKeysDisabled: false, probed: expect.arrayContaining(['nullClears']) });
    expect(of('litellm.custom-keys')).toMatchObject([{ severity: 'ok' }]);
    expect(place.standIn.standIn.keys()).toEqual(before);
    expect(place.standIn.standIn.users()).toEqual([]);
  });
});

describe('a broken schema', { timeout: 120_000 }, () => {
  test.each([
    {
      title: 'a dropped index',
      damage: 'drop index keywright.sync_tasks_due',
      what: /missing index: sync_tasks\.sync_tasks_due/,
      severity: 'warning',
    },
    {
      title: 'a column of another type',
      damage: 'alter table keywright.users alter column name type varchar(300)',
      what: /other type: users\.name: expected text, found character varying\(300\)/,
      severity: 'error',
    },
    {
      title: 'a column that may be null',
      damage: 'alter table keywright.api_keys alter column user_id drop not null',
      what: /other nullability: api_keys\.user_id: expected not null, found null/,
      severity: 'error',
    },
    {
      title: 'a trigger that is switched off',
      damage: 'alter table keywright.audit_logs disable trigger audit_logs_append_only',
      what: /disabled trigger: audit_logs\.audit_logs_append_only/,
      severity: 'error',
    },
  ])('$title is named exactly, and what the remedy says mends it', async ({ damage, what, severity }) => {
    await inDatabase(damage);
    const { code, bad } = await doctor();
    expect(bad).toEqual([
      { severity, check: 'database.schema', what: expect.stringMatching(what), remedy: expect.any(String) },
    ]);
    expect(code).toBe(severity === 'error' ? 1 : 3);
    await inDatabase(bad[0]?.remedy ?? '');
    expect(await doctor()).toMatchObject({ code: 0, bad: [] });
  });

  test('migrations that are pending are named, and the rest is checked all the same', async () => {
    const { undone } = JSON.parse(
      (await runHere(['migrate', 'down', '--to', '2', '--yes', '--json'], { env: place.env })).stdout,
    );
    const { code, bad, of } = await doctor();
    expect(code).toBe(1);
    expect(bad).toMatchObject([
      { severity: 'error', check: 'database.migrations', remedy: 'Run `keywright migrate up`.' },
    ]);
    expect(bad[0]?.what).toContain(undone[0]);
    expect(of('litellm.master-key')).toMatchObject([{ severity: 'ok' }]);
    await runHere(['migrate', 'up'], { env: place.env });
    expect((await doctor()).bad).toEqual([]);
  });
});

describe('what is down', { timeout: 120_000 }, () => {
  afterEach(() => {
    place.standIn.standIn.faults.clear();
    place.standIn.standIn.up();
  });

  test('LiteLLM: one error that says so, and the database is checked all the same', async () => {
    place.standIn.standIn.down();
    const { code, bad, findings, capabilities } = await doctor();
    expect({ code, capabilities }).toEqual({ code: 1, capabilities: null });
    expect(bad).toMatchObject([{ severity: 'error', check: 'litellm.reachable' }]);
    expect(bad[0]?.remedy).toContain('LITELLM_BASE_URL');
    expect(findings).toContainEqual(expect.objectContaining({ severity: 'ok', check: 'database.schema' }));
  });

  test('the database: one error that says so, without the password, and LiteLLM is checked all the same', async () => {
    const { code, bad, of, stdout, stderr } = await doctor({ DATABASE_URL: 'postgres://me:hunter2@127.0.0.1:1/x' });
    expect(code).toBe(1);
    expect(bad).toMatchObject([{ severity: 'error', check: 'database.reachable' }]);
    expect(stderr).toBe(''); // stdout has said it all
    expect(bad[0]?.remedy).toContain('DATABASE_URL');
    expect(of('litellm.version')).toMatchObject([{ severity: 'ok' }]);
    expect(stdout).not.toContain('hunter2');
  });

  test("LiteLLM's own database", async () => {
    const body = { status: 'healthy', db: 'Not connected' };
    place.standIn.standIn.faults.add({ kind: 'status', route: 'GET /health/readiness', status: 200, body });
    const { code, bad } = await doctor();
    expect(code).toBe(1);
    expect(bad).toMatchObject([{ severity: 'error', check: 'litellm.database' }]);
  });

  test('what is not configured is an error of its own part; nothing at all is wrong usage', async () => {
    const noDatabase = await doctor({ KEYWRIGHT_DATA_DIR: '' });
    expect(noDatabase.bad).toMatchObject([{ check: 'database.settings', remedy: 'set DATABASE_URL' }]);
    const noLiteLlm = await doctor({ LITELLM_BASE_URL: '', LITELLM_MASTER_KEY: '' });
    expect(noLiteLlm.bad).toMatchObject([{ check: 'litellm.settings' }]);
    const nothing = await runHere(['doctor']);
    expect(nothing).toMatchObject({ code: 2, stdout: '' });
    expect(linesOf(nothing.stderr)).toEqual([expect.stringContaining('DATABASE_URL: is missing')]);
  });
});

describe('dangerous settings', { timeout: 120_000 }, () => {
  afterEach(() => place.standIn.standIn.faults.clear());

  test('a wrong master key is named, never shown, and the version is told all the same', async () => {
    const wrong = 'sk-Wrong0Wrong1Wrong2Wrong3Wrong4';
    const { code, bad, of, stdout, stderr } = await doctor({ LITELLM_MASTER_KEY: wrong });
    expect(code).toBe(1);
    expect(bad).toMatchObject([{ severity: 'error', check: 'litellm.master-key' }]);
    expect(bad[0]?.remedy).toContain('LITELLM_MASTER_KEY');
    expect(of('litellm.version')).toHaveLength(1);
    expect(stdout + stderr).not.toContain('Wrong0');
  });

  test.each([
    ['sk-1234', 'error', 'example'],
    ['sk-short', 'warning', 'shorter than 20'],
    ['plain-and-long-enough-to-be-good', 'warning', 'does not begin with sk-'],
  ])('the master key %s', async (key, severity, what) => {
    const { of, stdout } = await doctor({ LITELLM_MASTER_KEY: key });
    expect(of('litellm.master-key-strength')).toMatchObject([{ severity, what: expect.stringContaining(what) }]);
    expect(stdout).not.toContain(key);
  });

  test('http to another machine', async () => {
    const { of } = await doctor({ LITELLM_BASE_URL: 'http://litellm.invalid:4000' });
    expect(of('litellm.transport')).toMatchObject([
      { severity: 'warning', what: expect.stringContaining('unencrypted') },
    ]);
  });

  test('a LiteLLM that answers without any key', async () => {
    const fault = { kind: 'status', route: 'GET /models', status: 200, body: { data: [] }, times: 1 } as const;
    place.standIn.standIn.faults.add(fault);
    const { code, bad } = await doctor();
    expect(code).toBe(1);
    expect(bad).toMatchObject([{ severity: 'error', check: 'litellm.authentication' }]);
  });

  test.each([
    ['1.82.7', 'error', 'compromised'],
    ['1.82.8', 'error', 'compromised'],
    ['1.81.9', 'error', 'too old'],
    ['1.110.0', 'warning', 'newer'],
    ['1.100.3', 'info', 'within'],
  ])('LiteLLM %s', async (version, severity, what) => {
    const contract = await call('/openapi.json');
    const body = { ...contract, info: { ...contract.info, version } };
    place.standIn.standIn.faults.add({ kind: 'status', route: 'GET /openapi.json', status: 200, body });
    const { of } = await doctor();
    expect(of('litellm.version')).toMatchObject([{ severity, what: expect.stringContaining(what) }]);
  });

  test('routes that Keywright cannot do without', async () => {
    const contract = await call('/openapi.json');
    delete contract.paths['/key/block'];
    place.standIn.standIn.faults.add({ kind: 'status', route: 'GET /openapi.json', status: 200, body: contract });
    const { bad } = await doctor();
    expect(bad).toMatchObject([{ severity: 'error', check: 'litellm.routes' }]);
    expect(bad[0]?.what).toContain('POST /key/block');
  });

  test('keys of ours that may use every model, and no others', async () => {
    const generate = (key: object) => call('/key/generate', key);
    const made = [
      await generate({ key_alias: 'keywright/open/1', models: [] }),
      await generate({
        key_alias: 'ours/by-metadata',
        models: ['all-proxy-models'],
        metadata: { managed_by: 'keywright' },
      }),
      await generate({ key_alias: 'somebody-else', models: [] }),
      await generate({ key_alias: 'keywright/narrow/1', models: ['gpt-4o'] }),
    ];
    const { code, bad, stdout } = await doctor();
    const keys = made.map(({ token_id }) => token_id);
    await call('/key/delete', { keys });
    expect(code).toBe(3);
    expect(bad).toMatchObject([{ severity: 'warning', check: 'litellm.open-keys' }]);
    expect(bad[0]?.what).toMatch(
      /^2 of our keys .*(keywright\/open\/1, ours\/by-metadata|ours\/by-metadata, keywright\/open\/1)$/,
    );
    for (const { key } of made) expect(stdout).not.toContain(key);
  });
});

describe('what nobody saw to', { timeout: 120_000 }, () => {
  const env = () => ({ env: place.env });

  test('never compared, then compared long ago', async () => {
    expect((await doctor()).of('sync.reconcile')).toMatchObject([{ severity: 'info' }]);
    await runHere(['tenants', 'create', 'acme'], env());
    const never = await doctor();
    expect(never.code).toBe(3);
    expect(never.of('sync.reconcile')).toMatchObject([{ severity: 'warning', what: expect.stringContaining('never') }]);
    await runHere(['reconcile'], env());
    expect((await doctor()).of('sync.reconcile')).toMatchObject([{ severity: 'ok' }]);
    await inDatabase(
      "update keywright.reconcile_runs set finished_at = finished_at - interval '8 days', started_at = started_at - interval '8 days'",
    );
    expect((await doctor()).of('sync.reconcile')).toMatchObject([
      { severity: 'warning', what: expect.stringContaining('older than 7 days') },
    ]);
    await runHere(['reconcile'], env());
  });

  test('a change that waits for longer than ten minutes, and one that was given up', async () => {
    await runHere(['subscriptions', 'create', '--tenant', 'acme', '--user', 'alice', '--models', 'gpt-4o'], env());
    expect((await doctor()).of('sync.tasks')).toMatchObject([{ severity: 'ok' }]);
    await inDatabase("update keywright.sync_tasks set created_at = created_at - interval '20 minutes'");
    const waiting = await doctor();
    expect(waiting.of('sync.tasks')).toMatchObject([
      { severity: 'warning', what: expect.stringContaining('20 minutes') },
    ]);
    await inDatabase("update keywright.sync_tasks set dead_at = now(), last_error = 'it said no'");
    const dead = await doctor();
    expect(dead.code).toBe(1);
    expect(dead.of('sync.tasks')).toMatchObject([{ severity: 'error', what: expect.stringContaining('it said no') }]);
    await inDatabase('delete from keywright.sync_tasks');
  });

  test('a secret in what something failed with is blanked, whatever it looks like', async () => {
    await runHere(['subscriptions', 'create', '--tenant', 'acme', '--user', 'bob', '--models', 'gpt-4o'], env());
    await inDatabase(
      "update keywright.sync_tasks set dead_at = now(), last_error = 'no sk-kw_0123456789abcdef, no plain-hunter2'",
    );
    const { of, stdout, stderr } = await doctor({ LITELLM_MASTER_KEY: 'plain-hunter2' });
    await inDatabase('delete from keywright.sync_tasks');
    expect(of('sync.tasks')).toMatchObject([{ what: expect.stringContaining('no sk-[redacted], no ***') }]);
    expect(stdout + stderr).not.toMatch(/hunter2|0123456789/);
  });

  test('keys that LiteLLM does not hold', async () => {
    await runHere(['keys', 'create', '--tenant', 'acme', '--user', 'alice', '--name', 'laptop'], env());
    expect((await doctor()).of('keys.unmirrored')).toMatchObject([{ severity: 'ok' }]);
    await inDatabase("update keywright.api_keys set sync_status = 'unmirrored'");
    expect((await doctor()).of('keys.unmirrored')).toMatchObject([
      { severity: 'info', what: '1 keys are not in LiteLLM', remedy: expect.stringContaining('serviceKey') },
    ]);
  });
});

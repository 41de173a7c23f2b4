import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { linesOf, runHere } from './support/run-here.ts';
import { type SetUp, setUp } from './support/set-up.ts';

let place: SetUp;
beforeEach(async () => {
  place = await setUp();
});
afterEach(() => place.close());

const keywright = (args: readonly string[], env = {}) => runHere(args, { env: { ...place.env, ...env } });
const acme = ['--tenant', 'acme', '--user', 'alice'];
const create = ['subscriptions', 'create', ...acme, '--models', 'gpt-4o,gpt-4o-mini'];

describe('on a fresh database', { timeout: 120_000 }, () => {
  test("the README's first steps end with a key", async () => {
    const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
    const [, block = ''] = /```sh\n(.*?)```/s.exec(readme) ?? [];
    const steps = linesOf(block).filter((line) => line.startsWith('npx keywright '));
    expect(steps.length).toBeGreaterThan(2);
    for (const step of steps) {
      const { code, stdout, stderr } = await keywright(step.replace('npx keywright ', '').split(' '));
      expect({ step, code, stderr: code === 0 ? '' : stderr }).toEqual({ step, code: 0, stderr: '' });
      if (step.includes('keys create')) expect(stdout).toMatch(/^sk-kw_\S+\n$/);
    }
  });

  test('subscriptions create takes every limit, and prints the id on stdout and nothing else', async () => {
    await keywright(['migrate', 'up']);
    const { code, stdout } = await keywright(create);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^[0-9a-f-]{36}\n$/);
    const limits = ['--max-budget', '5', '--budget-duration', '30d', '--tpm', '1000', '--rpm', '0', '--name', 'second'];
    const second = await keywright([...create, ...limits, '--expires', '2099-12-31', '--default', '--json']);
    expect(JSON.parse(second.stdout)).toMatchObject({
      userId: 'alice',
      models: ['gpt-4o', 'gpt-4o-mini'],
      name: 'second',
      isDefault: true,
      maxBudget: '5',
      budgetDuration: '30d',
      tpmLimit: 1000,
      rpmLimit: 0,
      expiresAt: '2099-12-31T00:00:00.000Z',
    });
    const third = await keywright([...create, '--no-default', '--json']);
    expect(JSON.parse(third.stdout)).toMatchObject({ isDefault: false, maxBudget: null });
  });

  test('subscriptions list shows a table, or JSON in pages, of one tenant', async () => {
    await keywright(['migrate', 'up']);
    expect((await keywright(['subscriptions', 'list', '--tenant', 'acme'])).stdout).toBe('No subscriptions.\n');
    const first = (await keywright([...create, '--default'])).stdout.trim();
    const second = (await keywright([...create, '--no-default'])).stdout.trim();
    const list = (...more: string[]) => keywright(['subscriptions', 'list', '--tenant', 'acme', ...more]);
    const table = linesOf((await list('--user', 'alice', '--status', 'active')).stdout);
    expect(table[0]).toMatch(/^ID +NAME +USER +DEFAULT +STATUS +MODELS/);
    expect(table.slice(1).map((line) => line.split(' ')[0])).toEqual([second, first]);
    const page = JSON.parse((await list('--limit', '1', '--json')).stdout);
    expect(page.data).toMatchObject([{ id: second, isDefault: false }]);
    const next = JSON.parse((await list('--limit', '1', '--cursor', page.nextCursor, '--json')).stdout);
    expect(next).toMatchObject({ data: [{ id: first, isDefault: true }], nextCursor: null });
    expect((await keywright(['subscriptions', 'list', '--tenant', 'globex'])).stdout).toBe('No subscriptions.\n');
  });

  test('a wrong option is one line that names it, and nothing is created', async () => {
    await keywright(['migrate', 'up']);
    for (const wrong of [
      ['--models', 'a,,b'],
      ['--max-budget', 'much'],
      ['--tpm', '-1'],
      ['--expires', 'soon'],
      ['--budget-duration', 'a while'],
    ]) {
      const { code, stderr } = await keywright([...create, ...wrong]);
      expect(code).toBe(2);
      expect(stderr).toMatch(new RegExp(`^keywright: ${wrong[0]}: [^\\n]+\\n$`));
    }
    expect((await keywright(['subscriptions', 'list', '--tenant', 'acme'])).stdout).toBe('No subscriptions.\n');
  });

  test("a wrong master key is named with LiteLLM's own words, and where to put it right", async () => {
    await keywright(['migrate', 'up']);
    await keywright([...create, '--default']);
    const key = ['keys', 'create', ...acme, '--name', 'laptop'];
    const { code, stdout, stderr } = await keywright(key, { LITELLM_MASTER_KEY: 'sk-wrong' });
    expect({ code, stdout, lines: linesOf(stderr).length }).toEqual({ code: 1, stdout: '', lines: 1 });
    expect(stderr).toContain('Nothing was created');
    expect(stderr).toContain('LiteLLM refused the master key (401)');
    expect(stderr).toContain('LITELLM_MASTER_KEY');
  });

  test('worker --once says why something is pending, also when nothing was due', async () => {
    await keywright(['migrate', 'up']);
    await keywright(create);
    const once = (...more: string[]) => keywright(['worker', '--once', ...more], { LITELLM_MASTER_KEY: 'sk-wrong' });
    for (let run = 1; run <= 2; run++) {
      const { stdout } = await once();
      expect(stdout).toMatch(/^Ran \d; still pending 1, dead 0\. Last error: LiteLLM refused the master key \(401\)/);
      expect(linesOf(stdout)).toHaveLength(1);
    }
    expect(JSON.parse((await once('--json')).stdout)).toMatchObject({
      pending: 1,
      lastError: expect.stringContaining('refused the master key'),
    });
  });
});

describe('the data folder', { timeout: 120_000 }, () => {
  test.each([
    [['keys', 'list', '--tenant', 'acme']],
    [['subscriptions', 'list', '--tenant', 'acme']],
    [['migrate', 'status']],
    [['migrate', 'up', '--sql']],
    [['migrate', 'down', '--to', '0', '--yes']],
    [['worker', '--once']],
  ])('%j finds no database in a wrong one, and writes nothing there', async (args) => {
    const folder = path.join(place.env.KEYWRIGHT_DATA_DIR ?? '', 'typo');
    const { code, stderr } = await keywright(args, { KEYWRIGHT_DATA_DIR: folder });
    expect(code).toBe(2);
    expect(stderr).toMatch(
      /^keywright: KEYWRIGHT_DATA_DIR: [^\n]+ holds no database; keywright migrate up makes one\n$/,
    );
    expect(existsSync(folder)).toBe(false);
    mkdirSync(folder);
    expect((await keywright(args, { KEYWRIGHT_DATA_DIR: folder })).code).toBe(2);
    expect(readdirSync(folder)).toEqual([]);
  });

  test('migrate down asks at a terminal, names what goes, and does nothing without a yes', async () => {
    const folder = path.join(place.env.KEYWRIGHT_DATA_DIR ?? '', 'asked');
    const env = { KEYWRIGHT_DATA_DIR: folder };
    const { applied } = JSON.parse((await keywright(['migrate', 'up', '--json'], env)).stdout);
    const down = (input: string) => runHere(['migrate', 'down', '--steps', '1'], { env, input, isTTY: true });
    for (const answer of ['n\n', '']) {
      const { code, stdout, stderr } = await down(answer);
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
      expect(stderr).toContain(`Undo ${applied.at(-1)}, and with it the data`);
      expect(stderr).toContain('Nothing was changed.');
    }
    expect((await keywright(['migrate', 'status'], env)).code).toBe(0);
    expect(await down('y\n')).toMatchObject({ code: 0, stdout: `undone ${applied.at(-1)}\n` });
  });

  test('one that cannot be written is one line with its name, and exit code 2', async () => {
    const file = path.join(place.env.KEYWRIGHT_DATA_DIR ?? '', 'file');
    writeFileSync(file, '');
    const { code, stderr } = await keywright(['migrate', 'up'], { KEYWRIGHT_DATA_DIR: file });
    expect(code).toBe(2);
    expect(stderr).toMatch(/^keywright: KEYWRIGHT_DATA_DIR: [^\n]+ cannot be written \(E[A-Z]+[^\n]*\)\n$/);
    rmSync(file);
  });
});

import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { linesOf, runHere } from './support/run-here.ts';

// fast-check builds its tables of characters at first use, which takes seconds on a busy machine
vi.setConfig({ testTimeout: 60_000 });

const create = ['keys', 'create', '--tenant', 'acme', '--user', 'alice', '--name', 'laptop'];
const list = ['keys', 'list', '--tenant', 'acme'];
const keyId = '01997b1e-0000-7000-8000-000000000000';
const remove = ['keys', 'delete', keyId, '--yes'];
const acme = ['--tenant', 'acme'];

/** Some options of one command line. */
const each = (args: string[], ...names: string[]) => names.map((name): [string[], string] => [args, name]);

/** Every option that takes a value, after a command line that is right but for it. */
const options: [args: string[], option: string][] = [
  [['migrate', 'up'], '--to'],
  [['migrate', 'down'], '--to'],
  [['migrate', 'down'], '--steps'],
  [['keys', 'list'], '--tenant'],
  ...['--user', '--status', '--model', '--search', '--limit', '--cursor'].map((name): [string[], string] => [
    list,
    name,
  ]),
  [['keys', 'create', '--user', 'alice', '--name', 'laptop'], '--tenant'],
  [['keys', 'create', '--tenant', 'acme', '--name', 'laptop'], '--user'],
  [['keys', 'create', '--tenant', 'acme', '--user', 'alice'], '--name'],
  ...[
    '--subscription',
    '--models',
    '--expires',
    '--max-budget',
    '--soft-budget',
    '--budget-duration',
    '--tpm',
    '--rpm',
    '--max-parallel',
    '--permissions',
    '--tags',
    '--allowed-ips',
  ].map((name): [string[], string] => [create, name]),
  [remove, '--tenant'],
  [['keys', 'inspect', 'sk-kw_4Kp2'], '--tenant'],
  ...each(['keys', 'rotate', keyId], '--tenant'),
  ...each(['keys', 'rotate', keyId, ...acme], '--grace'),
  ...each(['keys', 'block', keyId], '--tenant'),
  ...each(['keys', 'unblock', keyId], '--tenant'),
  ...each(['keys', 'bulk-delete', '--user', 'alice'], '--tenant'),
  ...each(['keys', 'bulk-delete', ...acme], '--user', '--subscription', '--status', '--model', '--search'),
  ...each(['tenants', 'list'], '--active', '--limit', '--cursor'),
  ...each(['tenants', 'create', 'acme'], '--name', '--active', '--team'),
  ...each(['tenants', 'update', 'acme'], '--name', '--active', '--team'),
  ...each(['users', 'list'], '--tenant'),
  ...each(['users', 'list', ...acme], '--active', '--limit', '--cursor'),
  ...each(['users', 'update', 'alice', '--active', 'true'], '--tenant'),
  ...each(['users', 'update', 'alice', ...acme], '--active', '--name', '--email', '--max-budget', '--tpm', '--rpm'),
  ...each(['sync', 'status'], '--tenant'),
  ...each(['sync', 'list'], '--tenant', '--limit'),
  ...each(['sync', 'retry', '--all-dead'], '--tenant'),
  ...each(['reconcile'], '--grace', '--limit', '--max-orphans'),
  ...each(['audit', 'list'], '--tenant'),
  ...each(
    ['audit', 'list', ...acme],
    ...['--actor', '--action', '--resource-type', '--resource-id', '--from', '--to', '--limit', '--cursor'],
  ),
  ...each(['audit', 'purge', '--yes'], '--before'),
];

const bad: Record<string, string[]> = {
  '--to': ['', 'x', '-1', '1.5', '1e9', '99999'],
  '--steps': ['', '0', '-1', 'all'],
  '--tenant': ['', 'a\nb', 'x'.repeat(256), '\ud800'],
  '--user': ['', '\u0000', 'x'.repeat(256)],
  '--name': ['', 'a\tb', 'x'.repeat(201)],
  '--status': ['', 'Active', 'gone'],
  '--model': ['', 'x'.repeat(256)],
  '--limit': ['', '0', '101', 'ten', '-5', '1.5', '٣'],
  '--cursor': ['', 'x', 'e30'],
  '--models': ['', 'a,,b', ','],
  '--expires': ['', 'tomorrow', '2030-02-30', '0d', '99999999d', '2030-01-31 12:00'],
  '--max-budget': ['', '-1', '1e3', '0.0000000001', 'ten', '$5'],
  '--soft-budget': ['', 'Infinity'],
  '--budget-duration': ['', '30', 'forever', '0d'],
  '--tpm': ['', '-1', '1.5', '9999999999'],
  '--rpm': ['', 'many'],
  '--max-parallel': ['', ' 5'],
  '--permissions': ['', 'everything', 'llm'],
  '--tags': ['', 'a,,b', 'x'.repeat(65)],
  '--allowed-ips': ['', 'localhost', '10.0.0.0/33', '1.2.3'],
  '--max-orphans': ['', '-1', '1.5', 'all'],
  '--grace': ['', 'soon', '-1m', '1.5h', '10 m', '1mo'],
  '--subscription': ['', 'x'.repeat(256)],
  '--active': ['', 'yes', '1', 'TRUE'],
  '--team': ['', 'x'.repeat(256)],
  '--email': ['', 'a\nb', 'x'.repeat(321)],
  '--actor': ['', 'x'.repeat(256)],
  '--action': ['', 'DELETE', 'api_key_delete'],
  '--resource-type': ['', 'key'],
  '--resource-id': ['', 'a\u0000b'],
  '--from': ['', 'yesterday', '2020-02-30', '9999-01-01', '-1d'],
  '--before': ['', 'yesterday', '2020-02-30', '9999-01-01', '30'],
};

describe('bad input', () => {
  const cases = options.flatMap(([args, option]) => (bad[option] ?? []).map((value) => [args, option, value] as const));

  test.each(cases)('%j %s %j is refused in one line that names the option', async (args, option, value) => {
    const { code, stdout, stderr } = await runHere([...args, option, value]);
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(linesOf(stderr)).toHaveLength(1);
    expect(stderr).toContain(option);
  });

  test.each(options)('%j %s without a value is refused in one line that names it', async (args, option) => {
    const { code, stderr } = await runHere([...args, option]);
    expect(code).toBe(2);
    expect(linesOf(stderr)).toHaveLength(1);
    expect(stderr).toContain(option);
  });

  test.each(options)(
    '%j %s with anything: exit code 2 and one printable line about something given or missing',
    async (args, option) => {
      await fc.assert(
        fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 40 }), async (value) => {
          // nothing is configured, so what is right ends with the variable that is missing, and nothing can be reached
          const { code, stdout, stderr } = await runHere([...args, option, value]);
          if (args[1] === 'inspect' && code === 0) return;
          expect(code).toBe(2);
          expect(stdout).toBe('');
          expect(linesOf(stderr)).toHaveLength(1);
          expect(stderr).toMatch(new RegExp(`${option}|DATABASE_URL|LITELLM_BASE_URL|--tenant|--steps|--before`));
          expect(stderr.trimEnd()).not.toMatch(/\p{Cc}/u);
        }),
        { numRuns: 30 },
      );
    },
  );
});

test.each([
  [['keys', 'rotate', 'laptop', ...acme], '<id>'],
  [['keys', 'block', 'laptop', ...acme], '<id>'],
  [
    ['keys', 'rotate', keyId, ...acme, '--grace', '8d'],
    '--grace: should be a length of time such as 10m, 1h or 0s, at most 7d',
  ],
  [['keys', 'bulk-delete', ...acme], '--user'],
  [['tenants', 'create', 'a\nb'], '<id>'],
  [['tenants', 'update', 'acme'], '--name'],
  [['users', 'update', '', ...acme, '--active', 'true'], '<id>'],
  [['users', 'update', 'alice', ...acme], '--active, --name, --email, --max-budget, --tpm, --rpm'],
  [['reconcile'], 'as this compares keys with LiteLLM'],
  [['sync', 'retry', 'key', keyId], '--tenant'],
  [['sync', 'retry', 'nothing', keyId, ...acme], '<entity>'],
  [['sync', 'retry'], '--all-dead'],
  [['sync', 'retry', 'key', keyId, '--all-dead'], '--all-dead'],
  [['audit', 'purge', '--before', '30d'], '--yes'],
])('%j is refused in one line that names %s', async (args, name) => {
  const { code, stdout, stderr } = await runHere(args);
  expect({ code, stdout, lines: linesOf(stderr).length }).toEqual({ code: 2, stdout: '', lines: 1 });
  expect(stderr).toContain(name);
});

test('any command line at all ends with 0, 1 or 2 and no stack trace', async () => {
  const word = fc.oneof(
    fc.constantFrom(
      'keys',
      'migrate',
      'list',
      'create',
      'delete',
      'inspect',
      'worker',
      'up',
      'doctor',
      'reconcile',
      'sync',
      'retry',
      'tenants',
      'users',
      'audit',
      'update',
      '--json',
      '--yes',
      '--',
      '-',
    ),
    fc.constantFrom(...new Set(options.map(([, option]) => option))),
    fc.string({ unit: 'binary', maxLength: 12 }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(word, { maxLength: 8 }), async (args) => {
      const { code, stderr } = await runHere(args);
      expect([0, 1, 2]).toContain(code);
      expect(stderr).not.toMatch(/\n\s+at /);
    }),
    { numRuns: 300 },
  );
});

test('a secret given by mistake is not repeated', async () => {
  const secret = 'sk-kw_0123456789abcdefghijklmnopqrstuvwxyz';
  for (const args of [[secret], ['keys', secret], [...list, '--limit', secret], [...list, secret]]) {
    const { code, stderr } = await runHere(args);
    expect(code).toBe(2);
    expect(stderr).not.toContain('0123456789');
  }
});

test('keys delete asks for --yes where nobody can be asked', async () => {
  const { code, stderr } = await runHere([
    'keys',
    'delete',
    '01997b1e-0000-7000-8000-000000000000',
    '--tenant',
    'acme',
  ]);
  expect(code).toBe(2);
  expect(stderr).toContain('--yes');
});

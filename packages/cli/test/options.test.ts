import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { linesOf, runHere } from './support/run-here.ts';

// fast-check builds its tables of characters at first use, which takes seconds on a busy machine
vi.setConfig({ testTimeout: 60_000 });

const create = ['keys', 'create', '--tenant', 'acme', '--user', 'alice', '--name', 'laptop'];
const list = ['keys', 'list', '--tenant', 'acme'];
const remove = ['keys', 'delete', '01997b1e-0000-7000-8000-000000000000', '--yes'];

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
];

const bad: Record<string, string[]> = {
  '--to': ['', 'x', '-1', '1.5', '1e9', '99999'],
  '--steps': ['', '0', '-1', 'all'],
  '--tenant': ['', 'a\nb', 'x'.repeat(256), '\ud800'],
  '--user': ['', '\u0000', 'x'.repeat(256)],
  '--name': ['', 'a\tb', 'x'.repeat(101)],
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
          expect(stderr).toMatch(new RegExp(`${option}|DATABASE_URL|LITELLM_BASE_URL|--tenant|--steps`));
          expect(stderr.trimEnd()).not.toMatch(/\p{Cc}/u);
        }),
        { numRuns: 30 },
      );
    },
  );
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

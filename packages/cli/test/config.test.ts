import { describe, expect, test } from 'vitest';
import { linesOf, runHere } from './support/run-here.ts';

const url = 'postgres://user:password@localhost:1/keywright';

describe('a wrong variable is one line with its name, and exit code 2', () => {
  test.each([
    ['DATABASE_URL', 'mysql://root:hunter2@localhost/x'],
    ['DATABASE_URL', 'memory'],
    ['KEYWRIGHT_DATA_DIR', 'https://example.com/hunter2'],
    ['KEYWRIGHT_SCHEMA', 'Robert"); drop table hunter2; --'],
    ['KEYWRIGHT_SCHEMA', 'pg_hunter2'],
    ['LITELLM_BASE_URL', 'localhost:hunter2'],
    ['LITELLM_MASTER_KEY', 'sk hunter2'],
    ['KEYWRIGHT_NAMESPACE', 'Hunter2/'],
    ['KEYWRIGHT_SECRET_BRAND', '-hunter2'],
    ['KEYWRIGHT_MAX_KEYS_PER_USER', '0'],
    ['KEYWRIGHT_MAX_KEYS_PER_USER', '1e3'],
    ['KEYWRIGHT_MAX_KEYS_PER_USER', '999999'],
    ['KEYWRIGHT_DEBUG', 'hunter2'],
  ])('%s=%s', async (name, value) => {
    const { code, stdout, stderr } = await runHere(['keys', 'list', '--tenant', 'acme'], {
      env: { DATABASE_URL: url, [name]: value },
    });
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(linesOf(stderr)).toHaveLength(1);
    expect(stderr).toMatch(new RegExp(`^keywright: ${name}: should be `));
    expect(stderr.toLowerCase()).not.toContain('hunter2');
  });
});

test('an empty variable counts as not set', async () => {
  const { code, stderr } = await runHere(['keys', 'list', '--tenant', 'acme'], {
    env: { DATABASE_URL: '', KEYWRIGHT_SCHEMA: '' },
  });
  expect(code).toBe(2);
  expect(stderr).toContain('DATABASE_URL: is missing');
});

test.each([
  ['LITELLM_MASTER_KEY', { LITELLM_BASE_URL: 'http://localhost:4000' }],
  ['LITELLM_BASE_URL', { LITELLM_MASTER_KEY: 'sk-1234' }],
  ['LITELLM_BASE_URL', {}],
])('what needs LiteLLM says that %s is missing', async (name, env) => {
  const { code, stderr } = await runHere(['worker', '--once'], { env: { DATABASE_URL: url, ...env } });
  expect(code).toBe(2);
  expect(stderr).toMatch(new RegExp(`^keywright: ${name}: is missing`));
});

test('a database that does not answer is one line that says what to look at, and exit code 1', async () => {
  const { code, stderr } = await runHere(['keys', 'list', '--tenant', 'acme'], { env: { DATABASE_URL: url } });
  expect(code).toBe(1);
  expect(linesOf(stderr)).toHaveLength(1);
  expect(stderr).toContain('DATABASE_URL');
  expect(stderr).not.toContain('password');
});

test('with --json an error is JSON on one line', async () => {
  const { code, stderr } = await runHere(['migrate', 'status', '--json']);
  expect(code).toBe(2);
  expect(linesOf(stderr)).toHaveLength(1);
  expect(JSON.parse(stderr)).toEqual({
    error: { code: 'wrong_usage', message: expect.stringContaining('DATABASE_URL: is missing') },
  });
});

test('--debug and KEYWRIGHT_DEBUG add where an error comes from', async () => {
  for (const [args, env] of [
    [['migrate', 'status', '--debug'], {}],
    [['migrate', 'status'], { KEYWRIGHT_DEBUG: '1' }],
  ] as const) {
    const { stderr } = await runHere(args, { env });
    expect(linesOf(stderr).length).toBeGreaterThan(1);
    expect(stderr).toContain('\n    at ');
  }
});

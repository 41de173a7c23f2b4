import { describe, expect, test } from 'vitest';
import { ConfigError, readConfig, variableNames } from '../src/config.ts';
import { unknownVariables } from '../src/unknown-variables.ts';
import { runServer } from './support/run-server.ts';

const user = { token: 'x'.repeat(16), tenantId: 'acme', userId: 'zoe', name: 'Zoe', roles: ['user'] };

const wrong: [name: string, value: string, env?: Record<string, string>][] = [
  ['PORT', 'hunter2'],
  ['PORT', '65536'],
  ['PORT', '-1'],
  ['HOST', 'hunter2 hunter2'],
  ['HOST', 'http://hunter2/'],
  ['DATABASE_URL', 'mysql://hunter2@localhost/x'],
  ['DATABASE_URL', 'hunter2'],
  ['KEYWRIGHT_DATA_DIR', 'https://hunter2/'],
  ['LITELLM_BASE_URL', 'hunter2', { LITELLM_MASTER_KEY: 'sk-1' }],
  ['LITELLM_MASTER_KEY', 'sk hunter2', { LITELLM_BASE_URL: 'http://localhost:4000' }],
  ['LITELLM_MASTER_KEY', '', { LITELLM_BASE_URL: 'http://localhost:4000' }],
  ['LITELLM_BASE_URL', '', { LITELLM_MASTER_KEY: 'sk-1' }],
  ['KEYWRIGHT_DEMO_USERS', 'hunter2'],
  ['KEYWRIGHT_DEMO_USERS', '[]'],
  ['KEYWRIGHT_DEMO_USERS', '{"token":"hunter2hunter2hunter2"}'],
  ['KEYWRIGHT_DEMO_USERS', JSON.stringify([{ ...user, token: 'hunter2' }])],
  ['KEYWRIGHT_DEMO_USERS', JSON.stringify([{ ...user, roles: ['hunter2'] }])],
  ['KEYWRIGHT_DEMO_USERS', JSON.stringify([{ ...user, roles: [] }])],
  ['KEYWRIGHT_DEMO_USERS', JSON.stringify([user, user])],
  ['KEYWRIGHT_DEMO_USERS', '', { HOST: '0.0.0.0' }],
  ['KEYWRIGHT_MAX_KEYS_PER_USER', '0'],
  ['KEYWRIGHT_MAX_KEYS_PER_USER', 'hunter2'],
  ['METRICS_TOKEN', 'hunter2'],
  ['REDIS_URL', 'redis://hunter2@localhost'],
  ['KEYWRIGHT_ENCRYPTION_KEYS', 'a:hunter2'],
];

function message(env: Record<string, string>): string {
  try {
    readConfig(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  return 'accepted';
}

describe('a wrong variable is named, with what it should look like, and its value is not repeated', () => {
  test.each(wrong)('%s=%s %j', (name, value, env = {}) => {
    const text = message({ ...env, [name]: value });
    expect(text).toMatch(new RegExp(`^${name}: .*(should|is missing|is not available yet)`));
    expect(text).not.toContain('hunter2');
    expect(text).not.toContain('\n');
  });
});

test.each([
  ['PORT', { PORT: 'x' }],
  ['REDIS_URL', { REDIS_URL: 'redis://localhost' }],
  ['KEYWRIGHT_DEMO_USERS', { HOST: '0.0.0.0' }],
  ['HOST', { HOST: '192.0.2.1', KEYWRIGHT_DEMO_USERS: JSON.stringify([user]) }],
])('the server itself ends with one line about %s and exit code 2', { timeout: 60_000 }, async (name, env) => {
  const { code, stdout, stderr } = await runServer({ DATABASE_URL: 'memory', ...env });
  expect(code).toBe(2);
  expect(stdout).toBe('');
  expect(stderr).toMatch(new RegExp(`^${name}: [^\\n]+\\n$`));
});

test('a data folder that cannot be written is one line that names the variable', { timeout: 60_000 }, async () => {
  const { code, stdout, stderr } = await runServer({ KEYWRIGHT_DATA_DIR: '/dev/null' });
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toMatch(/^KEYWRIGHT_DATA_DIR: [^\n]*cannot be written \(E[A-Z]+[^\n]*\)\n$/);
});

test('a KEYWRIGHT_ variable that nothing reads is named, with the one that was meant', () => {
  const names = (env: Record<string, string>) => unknownVariables(env, variableNames);
  expect(names({ KEYWRIGHT_DATADIR: 'hunter2' })).toEqual([
    'KEYWRIGHT_DATADIR: is not known to this server; did you mean KEYWRIGHT_DATA_DIR?',
  ]);
  expect(names({ KEYWRIGHT_SOMETHING_ELSE: 'x' })).toEqual(['KEYWRIGHT_SOMETHING_ELSE: is not known to this server']);
  expect(names({ KEYWRIGHT_DATA_DIR: 'x', KEYWRIGHT_EMPTY: '', OTHER: 'x' })).toEqual([]);
});

test('a database that does not answer is one line that names the variable', { timeout: 60_000 }, async () => {
  const { code, stderr } = await runServer({ DATABASE_URL: 'postgres://user:hunter2@127.0.0.1:1/x' });
  expect(code).toBe(1);
  expect(stderr).toMatch(/^DATABASE_URL: [^\n]+\n$/);
  expect(stderr).not.toContain('hunter2');
});

test('what is right is accepted, and an empty variable counts as not set', () => {
  expect(readConfig({ PORT: '', REDIS_URL: '' })).toMatchObject({
    port: 3000,
    host: '127.0.0.1',
    isLoopback: true,
    database: { kind: 'folder', folder: expect.stringContaining('.keywright') },
    litellm: undefined,
    maxKeysPerUser: 10,
  });
  const open = { HOST: '0.0.0.0', KEYWRIGHT_DEMO_USERS: JSON.stringify([user]), METRICS_TOKEN: 'y'.repeat(16) };
  expect(readConfig(open)).toMatchObject({ isLoopback: false, users: [user], metricsToken: 'y'.repeat(16) });
});

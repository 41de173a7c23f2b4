import path from 'node:path';
import { z } from 'zod';
import { type DemoUser, defaultDemoUsers, demoUsersSchema } from './demo-users.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** A variable is wrong; the message begins with its name and never holds its value. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

const notYet = 'is not available yet in this release: leave it out';
const count = 'should be a whole number from 1 to 100000';
const token = 'should be 16 to 200 letters, digits and -._~+/=';

const hasProtocol = (protocols: readonly string[]) => (text: string) =>
  URL.canParse(text) && protocols.includes(new URL(text).protocol);

const wholeNumber = (pattern: RegExp, most: number, message: string) =>
  z
    .string()
    .regex(pattern, message)
    .transform(Number)
    .refine((number) => number <= most, message);

const variables = z.object({
  PORT: wholeNumber(/^\d{1,5}$/, 65_535, 'should be a port from 0 to 65535; 0 takes a free one').default(3000),
  HOST: z
    .string()
    .regex(/^[\w.:-]{1,253}$/, 'should be an address or host name such as 127.0.0.1')
    .default('127.0.0.1'),
  DATABASE_URL: z
    .string()
    .refine(
      (url) => url === 'memory' || hasProtocol(['postgres:', 'postgresql:'])(url),
      'should be a Postgres URL such as postgres://user:password@localhost:5432/keywright, or memory',
    )
    .optional(),
  KEYWRIGHT_DATA_DIR: z
    .string()
    .refine((folder) => !folder.includes('\0') && !folder.includes('://'), 'should be a folder such as .keywright')
    .default('.keywright'),
  LITELLM_BASE_URL: z
    .string()
    .refine(hasProtocol(['http:', 'https:']), 'should be an http or https URL such as http://localhost:4000')
    .optional(),
  LITELLM_MASTER_KEY: z
    .string()
    .regex(/^[\x21-\x7e]+$/, "should be LiteLLM's master key: printable ASCII without spaces")
    .optional(),
  KEYWRIGHT_DEMO_USERS: z.string().optional(),
  KEYWRIGHT_MAX_KEYS_PER_USER: wholeNumber(/^[1-9]\d{0,5}$/, 100_000, count).default(10),
  METRICS_TOKEN: z
    .string()
    .regex(/^[\w.~+/=-]{16,200}$/, token)
    .optional(),
  REDIS_URL: z.never({ error: notYet }).optional(),
  KEYWRIGHT_ENCRYPTION_KEYS: z.never({ error: notYet }).optional(),
});

/** Every variable that this server reads. */
export const variableNames: readonly string[] = Object.keys(variables.shape);

export interface Config {
  port: number;
  host: string;
  isLoopback: boolean;
  database: { kind: 'postgres'; url: string } | { kind: 'memory' } | { kind: 'folder'; folder: string };
  /** Where the embedded parts keep what outlives the process. */
  dataDir: string;
  /** Undefined: the stand-in, started inside. */
  litellm: { baseUrl: string; masterKey: string } | undefined;
  users: DemoUser[];
  maxKeysPerUser: number;
  metricsToken: string | undefined;
}

/** Reads every variable; an empty one counts as not set. Throws a ConfigError that names the first wrong one. */
export function readConfig(env: Environment): Config {
  const known = variableNames.filter((name) => env[name] !== undefined && env[name] !== '');
  const parsed = variables.safeParse(Object.fromEntries(known.map((name) => [name, env[name]])));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new ConfigError(`${issue?.path.join('.')}: ${issue?.message}`);
  }
  const { data } = parsed;
  const isLoopback = /^(127\.\d+\.\d+\.\d+|::1|localhost)$/.test(data.HOST);
  return {
    port: data.PORT,
    host: data.HOST,
    isLoopback,
    database: readDatabase(data.DATABASE_URL, data.KEYWRIGHT_DATA_DIR),
    dataDir: data.KEYWRIGHT_DATA_DIR,
    litellm: readLiteLlm(data.LITELLM_BASE_URL, data.LITELLM_MASTER_KEY),
    users: readUsers(data.KEYWRIGHT_DEMO_USERS, isLoopback),
    maxKeysPerUser: data.KEYWRIGHT_MAX_KEYS_PER_USER,
    metricsToken: data.METRICS_TOKEN,
  };
}

function readDatabase(url: string | undefined, dataDir: string): Config['database'] {
  if (url === 'memory') return { kind: 'memory' };
  return url === undefined ? { kind: 'folder', folder: path.join(dataDir, 'postgres') } : { kind: 'postgres', url };
}

function readLiteLlm(baseUrl: string | undefined, masterKey: string | undefined): Config['litellm'] {
  if (baseUrl !== undefined && masterKey !== undefined) return { baseUrl, masterKey };
  if (baseUrl !== undefined) throw new ConfigError('LITELLM_MASTER_KEY: is missing; LITELLM_BASE_URL needs it');
  if (masterKey !== undefined) throw new ConfigError('LITELLM_BASE_URL: is missing; LITELLM_MASTER_KEY needs it');
  return undefined;
}

function readUsers(text: string | undefined, isLoopback: boolean): DemoUser[] {
  if (text === undefined) {
    if (isLoopback) return defaultDemoUsers();
    throw new ConfigError(
      'KEYWRIGHT_DEMO_USERS: is missing; a HOST that others can reach needs users with tokens of your own: [{"token", "tenantId", "userId", "name", "roles"}]',
    );
  }
  const parsed = demoUsersSchema.safeParse(parseJson(text));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const where = issue?.path.length ? ` ${issue.path.join('.')}` : '';
  throw new ConfigError(`KEYWRIGHT_DEMO_USERS:${where} ${issue?.message}`);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new ConfigError(
      'KEYWRIGHT_DEMO_USERS: should be a JSON array of {"token", "tenantId", "userId", "name", "roles"}',
    );
  }
}

import path from 'node:path';
import { z } from 'zod';
import { UsageError } from './errors.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** The only place of this package that reads the environment. */
export const processEnvironment = (): Environment => process.env;

const hasProtocol = (protocols: readonly string[]) => (text: string) =>
  URL.canParse(text) && protocols.includes(new URL(text).protocol);

const wholeNumber = 'should be a whole number from 1 to 100000';

/** What each variable should look like. Messages never hold the value: it may be a password. */
const variables = z.object({
  DATABASE_URL: z
    .string()
    .refine(
      hasProtocol(['postgres:', 'postgresql:']),
      'should be a Postgres URL such as postgres://user:password@localhost:5432/keywright',
    )
    .optional(),
  KEYWRIGHT_DATA_DIR: z
    .string()
    .refine((folder) => !folder.includes('\0') && !folder.includes('://'), 'should be a folder such as .keywright')
    .optional(),
  KEYWRIGHT_SCHEMA: z
    .string()
    .regex(/^(?!pg_)[a-z_][a-z0-9_]{0,62}$/, 'should be 1 to 63 of a-z, 0-9 and _, beginning with a letter')
    .default('keywright'),
  LITELLM_BASE_URL: z
    .string()
    .refine(hasProtocol(['http:', 'https:']), 'should be an http or https URL such as http://localhost:4000')
    .optional(),
  LITELLM_MASTER_KEY: z
    .string()
    .regex(/^[\x21-\x7e]+$/, "should be LiteLLM's master key: printable ASCII without spaces")
    .optional(),
  KEYWRIGHT_NAMESPACE: z
    .string()
    .regex(/^[a-z0-9][a-z0-9_-]{0,30}$/, 'should be 1 to 31 of a-z, 0-9, _ and -, beginning with a letter or digit')
    .optional(),
  KEYWRIGHT_SECRET_BRAND: z
    .string()
    .regex(/^[a-z0-9](?:[a-z0-9_-]{0,18}[a-z0-9])?$/, 'should be 1 to 20 of a-z, 0-9, _ and -, such as kw')
    .optional(),
  KEYWRIGHT_MAX_KEYS_PER_USER: z
    .string()
    .regex(/^[1-9]\d{0,5}$/, wholeNumber)
    .transform(Number)
    .refine((count) => count <= 100_000, wholeNumber)
    .optional(),
  KEYWRIGHT_DEBUG: z
    .enum(['0', '1', 'false', 'true'], { error: 'should be 1 or 0' })
    .transform((value) => value === '1' || value === 'true')
    .default(false),
});

export interface Config {
  /** Undefined: neither `DATABASE_URL` nor `KEYWRIGHT_DATA_DIR` is set. */
  database: { url: string } | { folder: string } | undefined;
  schema: string;
  /** Undefined: not set. */
  litellm: { baseUrl: string; masterKey: string } | undefined;
  namespace: string | undefined;
  secretBrand: string | undefined;
  maxKeysPerUser: number | undefined;
  isDebug: boolean;
}

/** Reads every variable; an empty one counts as not set. Throws a UsageError that names the first wrong one. */
export function readConfig(env: Environment): Config {
  const known = Object.keys(variables.shape).filter((name) => env[name] !== undefined && env[name] !== '');
  const parsed = variables.safeParse(Object.fromEntries(known.map((name) => [name, env[name]])));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new UsageError(`${issue?.path.join('.')}: ${issue?.message}`);
  }
  const { data } = parsed;
  return {
    database: readDatabase(data.DATABASE_URL, data.KEYWRIGHT_DATA_DIR),
    schema: data.KEYWRIGHT_SCHEMA,
    litellm: readLiteLlm(data.LITELLM_BASE_URL, data.LITELLM_MASTER_KEY),
    namespace: data.KEYWRIGHT_NAMESPACE,
    secretBrand: data.KEYWRIGHT_SECRET_BRAND,
    maxKeysPerUser: data.KEYWRIGHT_MAX_KEYS_PER_USER,
    isDebug: data.KEYWRIGHT_DEBUG,
  };
}

/** As the example server does: `DATABASE_URL` wins, and the data folder then holds other things. */
function readDatabase(url: string | undefined, dataDir: string | undefined): Config['database'] {
  if (url !== undefined) return { url };
  return dataDir === undefined ? undefined : { folder: path.join(dataDir, 'postgres') };
}

function readLiteLlm(baseUrl: string | undefined, masterKey: string | undefined): Config['litellm'] {
  if (baseUrl !== undefined && masterKey !== undefined) return { baseUrl, masterKey };
  if (baseUrl !== undefined) {
    throw new UsageError("LITELLM_MASTER_KEY: is missing; LITELLM_BASE_URL needs LiteLLM's master key beside it");
  }
  if (masterKey !== undefined) {
    throw new UsageError('LITELLM_BASE_URL: is missing; LITELLM_MASTER_KEY needs the URL beside it');
  }
  return undefined;
}

// better-auth with its api-key plugin, called as its documentation shows for servers (`auth.api.*`, no HTTP). What
// would slow it down and is beside the point is off: its rate limits and its log.
import { apiKey } from '@better-auth/api-key';
import { betterAuth } from 'better-auth';
import { memoryAdapter } from 'better-auth/adapters/memory';
import { getMigrations } from 'better-auth/db/migration';

const permissions = { llm: ['chat'] };

/** Keys in its key-value storage alone, which lives in memory here. */
export function betterAuthInMemory() {
  const values = new Map();
  const secondaryStorage = {
    get: async (key) => values.get(key) ?? null,
    set: async (key, value) => void values.set(key, value),
    delete: async (key) => void values.delete(key),
  };
  const tables = { user: [], session: [], account: [], verification: [], apikey: [] };
  return server({ database: memoryAdapter(tables), secondaryStorage }, { storage: 'secondary-storage' });
}

/** Keys in Postgres, the plugin's default. */
export async function betterAuthOnPostgres(pool) {
  const auth = server({ database: pool }, { storage: 'database' });
  const { runMigrations } = await getMigrations(auth.options);
  await runMigrations();
  return auth;
}

function server(storage, plugin) {
  return betterAuth({
    ...storage,
    baseURL: 'http://localhost',
    secret: 'only-for-benchmarks-0123456789abcdef',
    rateLimit: { enabled: false },
    telemetry: { enabled: false },
    logger: { disabled: true },
    plugins: [apiKey({ ...plugin, rateLimit: { enabled: false } })],
  });
}

export async function createKey(auth, userId) {
  const { key } = await auth.api.createApiKey({ body: { userId, name: 'a key', permissions } });
  return key;
}

/** Ten keys for each user: it keeps a list of each user's keys, which should not be a long one. */
export async function createKeys(auth, count) {
  const keys = [];
  while (keys.length < count) keys.push(await createKey(auth, `user-${Math.floor(keys.length / 10)}`));
  return keys;
}

/** A candidate that verifies these keys in turn, with the permission that they have. */
export function verifyCandidate(name, auth, keys, batch) {
  return {
    name,
    batch,
    async run(index) {
      const { valid } = await auth.api.verifyApiKey({ body: { key: keys[index % keys.length], permissions } });
      if (!valid) throw new Error(`${name} refused a key`);
    },
  };
}

// Random operations on two nodes, faults between them and a real LiteLLM, and kill -9 of one node after the other. Then
// calm, and both systems must be equal. Run beside a proxy:
//   node tools/with-litellm.mjs 1.109.1 -- node tools/with-node.mjs \
//     node --conditions=@keywright/source test/soak/soak.ts [minutes] [seed]
import { randomUUID } from 'node:crypto';
import { createKeywright } from '@keywright/core';
import { createLiteLlm } from '@keywright/litellm-client';
import { createPostgresStorage, migrate } from '@keywright/postgres-store';
import pg from 'pg';
import { compare } from './compare.ts';
import { startFaultProxy } from './fault-proxy.ts';
import { Nodes } from './nodes.ts';
import { models, type Outcome, RandomUser, users } from './random-user.ts';
import { timing } from './timing.ts';

const [minutes = 10, seed = Date.now() % 1_000_000] = process.argv.slice(2).map(Number);
const { LITELLM_BASE_URL: liteLlmUrl = '', LITELLM_MASTER_KEY: masterKey = '', LITELLM_VERSION = '?' } = process.env;
if (!liteLlmUrl) throw new Error('Start it through tools/with-litellm.mjs.');

const random = randomNumbers(seed);
const database = `soak_${randomUUID().replaceAll('-', '')}`;
const root = new pg.Client({ database: 'postgres' });
await root.connect();
await root.query(`create database ${database}`);
const connectionString = `postgres://${root.user}@${root.host}:${root.port}/${database}`;
const pool = new pg.Pool({ connectionString, max: 4 });
pool.on('error', () => {}); // its last connections may still be closing when the database goes
await migrate({ pool }).up();
const storage = createPostgresStorage({ pool });
const litellm = createLiteLlm({ baseUrl: liteLlmUrl, masterKey });
const keywright = createKeywright({ storage, litellm, ...timing });
const admin = { tenantId: 'acme', userId: 'dana', roles: ['operator' as const] };
for (const userId of users)
  await keywright.subscriptions.create(admin, { userId, models: [...models], isDefault: true });
await keywright.sync.runDue();

const proxy = await startFaultProxy(liteLlmUrl, random);
const nodes = new Nodes({
  ...process.env,
  DATABASE_URL: connectionString,
  LITELLM_URL: proxy.url,
  LITELLM_MASTER_KEY: masterKey,
});
await nodes.start(2);

const outcomes = new Map<string, Record<Outcome['result'], number>>();
const user = new RandomUser(() => nodes.url(random), random);
const until = Date.now() + minutes * 60_000;
let deepest = 0;

await Promise.all([...Array.from({ length: 6 }, actUntilEnd), killUntilEnd(), watchQueueUntilEnd()]);
await proxy.calmDown();
const began = Date.now();
const retried = await drain();
const drainedSeconds = Math.round((Date.now() - began) / 1000);
const found = await keywright.reconcile.run(admin, { graceMs: 0, repair: true });
await drain();
const again = await keywright.reconcile.run(admin, { graceMs: 0 });
const result = await compare({ pool, liteLlmUrl, masterKey, url: await nodes.url(random), told: user.keys });

console.log(
  JSON.stringify(
    {
      liteLlm: LITELLM_VERSION,
      minutes,
      seed,
      operations: Object.fromEntries([...outcomes].toSorted()),
      faults: proxy.counts,
      kills: nodes.kills,
      keysGiven: user.keys.length,
      deepestQueue: deepest,
      deadTasksRetried: retried,
      drainedSeconds,
      firstReconcile: { outcome: found.outcome, ...found.counts },
      secondReconcile: { outcome: again.outcome, ...again.counts },
      ...result,
    },
    undefined,
    2,
  ),
);
await nodes.stop();
await proxy.close();
await keywright.close();
await litellm.close();
await pool.end();
await root.query(`drop database ${database} with (force)`);
await root.end();
process.exit(result.differences.length === 0 && again.outcome === 'equal' ? 0 : 1);

async function actUntilEnd(): Promise<void> {
  while (Date.now() < until) {
    const { operation, result: ended } = await user.act();
    const counted = outcomes.get(operation) ?? { done: 0, pending: 0, refused: 0, lost: 0 };
    outcomes.set(operation, { ...counted, [ended]: counted[ended] + 1 });
  }
}

async function killUntilEnd(): Promise<void> {
  for (let index = 0; Date.now() < until; index = 1 - index) {
    await new Promise((resolve) => setTimeout(resolve, 2_000 + random() * 4_000));
    await nodes.kill(index);
  }
}

async function watchQueueUntilEnd(): Promise<void> {
  while (Date.now() < until) {
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    deepest = Math.max(deepest, (await storage.unscoped.syncQueue.summary()).pending);
  }
}

/** Until no task is left; dead ones are retried, as an operator would. Returns how many. */
async function drain(): Promise<number> {
  let retries = 0;
  const deadline = Date.now() + 300_000;
  for (;;) {
    await storage.unscoped.markKeysChangedByTime();
    const { pending, dead } = await storage.unscoped.syncQueue.summary();
    if (pending + dead === 0) return retries;
    if (Date.now() > deadline) throw new Error(`The queue does not become empty: ${pending} pending, ${dead} dead.`);
    const { items } = await storage.syncTasks.list('acme', { limit: 100 });
    for (const { entity, entityId } of items.filter((task) => task.deadAt)) {
      await keywright.sync.retry(admin, entity, entityId, { of: 'tenant', tenantId: 'acme' });
      retries++;
    }
    await keywright.sync.runDue();
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

/** Mulberry32: the same seed asks for the same things, though the machine decides how they fall together. */
function randomNumbers(start: number): () => number {
  let state = start;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

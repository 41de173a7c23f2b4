// A process that compares everything, or only lists, and weighs itself. Nothing else is in its memory.
import { setImmediate } from 'node:timers/promises';
import { createKeywright } from '@keywright/core';
import { createLiteLlm } from '@keywright/litellm-client';
import { createPostgresStorage } from '@keywright/postgres-store';
import pg from 'pg';
import { given, now, serve } from '../../harness/child.mjs';

const { database, baseUrl, masterKey } = given();
const pool = new pg.Pool({ database });
const storage = createPostgresStorage({ pool });
const litellm = createLiteLlm({ baseUrl, masterKey });
const keywright = createKeywright({ storage, litellm });
const operator = { tenantId: 'platform', userId: 'operator', roles: ['operator'] };
const weighEvery = 2_000;
const pageSize = 500;

serve(
  { list: () => timed(list), walk: () => timed(walk), reconcile: () => timed(() => reconcile()), weigh },
  async () => {
    await keywright.close();
    await litellm.close();
    await pool.end();
  },
);

async function timed(work) {
  globalThis.gc();
  await setImmediate();
  const start = now();
  const keys = await work();
  return { keys, ms: now() - start };
}

/** LiteLLM's keys, as the comparison reads them. */
async function list() {
  let keys = 0;
  for await (const page of litellm.mirror.listKeys(new AbortController().signal)) keys += page.length;
  return keys;
}

/** Our own keys, as the comparison reads them. */
async function walk() {
  let keys = 0;
  for (let after; ; ) {
    const page = await storage.unscoped.walkSecrets(after, pageSize);
    keys += page.length;
    if (page.length < pageSize) return keys;
    after = page.at(-1).secret.keyHash;
  }
}

async function reconcile(onProgress) {
  const { outcome, counts, error } = await keywright.reconcile.run(operator, { graceMs: 0, onProgress });
  if (outcome !== 'equal' || counts.skipped > 0)
    throw new Error(`both sides should be equal: ${outcome} ${error ?? ''} ${JSON.stringify(counts)}`);
  return counts.compared;
}

/** The largest heap that is alive while it compares, beyond that before, and the most memory that it ever had. Bytes. */
async function weigh() {
  await walk(); // what is made once is there
  const before = live();
  let most = 0;
  await reconcile(({ compared }) => {
    if (compared % weighEvery === 0) most = Math.max(most, live());
  });
  return { heap: most - before, resident: process.resourceUsage().maxRSS * 1024 };
}

function live() {
  globalThis.gc();
  return process.memoryUsage().heapUsed;
}

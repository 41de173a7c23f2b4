import { randomUUID } from 'node:crypto';
import type { Actor, KeyMirror, Keywright, LiteLlm, Storage } from '@keywright/core';
import { createLiteLlm } from '@keywright/litellm-client';
import { type RunningStandIn, startLiteLlmStandIn } from '@keywright/litellm-stand-in';
import { createPostgresStorage, migrate } from '@keywright/postgres-store';
import pg from 'pg';
import { expect } from 'vitest';
import { actor, keywrightOn } from './nodes.ts';

export { actor } from './nodes.ts';

const admin: Actor = { tenantId: 'acme', userId: 'dana', roles: ['admin'] };

/** A PostgreSQL database, a LiteLLM, and Keywright between them. */
export interface World {
  pool: pg.Pool;
  databaseUrl: string;
  storage: Storage;
  litellm: LiteLlm;
  running: RunningStandIn;
  keywright: Keywright;
  subscriptionId: string;
  /** Another Keywright on the same systems, such as a second node, with ports of one's own. */
  another(ports?: { storage?: Storage; mirror?: KeyMirror }): Keywright;
  close(): Promise<void>;
}

export async function openWorld(): Promise<World> {
  const name = `two_systems_${randomUUID().replaceAll('-', '')}`;
  const root = new pg.Client();
  await root.connect();
  await root.query(`create database ${name}`);
  const { host, port, user } = root;
  const databaseUrl = `postgres://${user}@${host}:${port}/${name}`;
  const pool = new pg.Pool({ connectionString: databaseUrl });
  pool.on('error', () => {}); // connections that a test kills
  await migrate({ pool }).up();
  const storage = createPostgresStorage({ pool });
  const running = await startLiteLlmStandIn({});
  const litellm = createLiteLlm({ baseUrl: running.url, masterKey: running.masterKey });
  const keywright = keywrightOn(storage, litellm);
  const models = ['gpt-4o-mini', 'gpt-4o'];
  const subscription = await keywright.subscriptions.create(admin, { userId: actor.userId, models, isDefault: true });
  await keywright.sync.runDue();
  return {
    pool,
    databaseUrl,
    storage,
    litellm,
    running,
    keywright,
    subscriptionId: subscription.id,
    another: (ports = {}) =>
      keywrightOn(ports.storage ?? storage, { ...litellm, mirror: ports.mirror ?? litellm.mirror }),
    async close() {
      await keywright.close();
      await litellm.close();
      await running.close();
      await pool.end();
      await root.query(`drop database ${name} with (force)`);
      await root.end();
    },
  };
}

/** Lets an hour pass: leases run out, what waits is due, no commit of LiteLLM's can be late any more. */
export async function anHourLater({ pool }: World): Promise<void> {
  const hour = "interval '1 hour'";
  await pool.query(`update keywright.sync_tasks set due_at = due_at - ${hour}, lease_until = lease_until - ${hour},
     unsettled_until = unsettled_until - ${hour}`);
  await pool.query(`update keywright.api_key_secrets set minting_since = minting_since - ${hour}`);
}

/** What the worker does in the end, whatever happened before: until nothing differs any more. */
export async function workerFinishes(world: World): Promise<void> {
  for (let round = 0; round < 10; round++) {
    await anHourLater(world);
    await world.keywright.sync.runDue();
    const { pending } = await world.storage.syncTasks.summary(actor.tenantId);
    if (pending === 0) return;
  }
  throw new Error('The queue does not become empty.');
}

/** Both systems hold the same keys, and none is anywhere between. */
export async function expectEqual(world: World): Promise<void> {
  const rows = await world.pool.query<{ hash: string; lifecycle: string; state: string; sync_status: string }>(
    `select encode(s.key_hash, 'hex') as hash, k.lifecycle, s.state, k.sync_status
       from keywright.api_keys k join keywright.api_key_secrets s on s.api_key_id = k.id`,
  );
  for (const row of rows.rows) expect(row).toMatchObject({ lifecycle: 'active', state: 'live', sync_status: 'synced' });
  const here = rows.rows.map((row) => row.hash).sort();
  const there = world.running.standIn
    .keys()
    .map((key) => key.token)
    .sort();
  expect(there).toEqual(here);
  const { pending, dead } = await world.storage.syncTasks.summary(actor.tenantId);
  expect({ pending, dead }).toEqual({ pending: 0, dead: 0 });
}

/** Whether LiteLLM itself lets this secret in, without us. */
async function liteLlmServes(world: World, secret: string): Promise<boolean> {
  const headers = { authorization: `Bearer ${secret}` };
  return (await fetch(`${world.running.url}/v1/models`, { headers })).ok;
}

/** Works here and there, or in neither. */
export async function expectWorks(world: World, secret: string, works: boolean): Promise<void> {
  const verified = await world.another().keys.verify(secret);
  expect({ here: verified.ok, there: await liteLlmServes(world, secret) }).toEqual({ here: works, there: works });
}

export async function listedKeys(world: World): Promise<string[]> {
  const { items } = await world.keywright.keys.list(actor, {}, { limit: 100 });
  return items.map((item) => item.id);
}

import { randomUUID } from 'node:crypto';
import { inspect } from 'node:util';
import type { ApiKeySecret, KeyMirror, Keywright, KeywrightOptions, LiteLlm, Logger, Storage } from '@keywright/core';
import { type RunningStandIn, startLiteLlmStandIn } from '@keywright/litellm-stand-in';
import { createPostgresStorage, migrate } from '@keywright/postgres-store';
import pg from 'pg';
import { expect } from 'vitest';
import { actor, admin, connect, keywrightOn, operator } from './nodes.ts';

export { actor, admin, operator } from './nodes.ts';

/** A PostgreSQL database, a LiteLLM, and Keywright between them. */
export interface World {
  pool: pg.Pool;
  databaseUrl: string;
  storage: Storage;
  litellm: LiteLlm;
  running: RunningStandIn;
  keywright: Keywright;
  subscriptionId: string;
  /** Every secret that LiteLLM was ever asked for, whoever saw it. */
  minted: Set<string>;
  /** Everything that any node of this process logged. */
  logged: string[];
  /** Another Keywright on the same systems, such as a second node, with ports of one's own. */
  another(ports?: { storage?: Storage; mirror?: KeyMirror }, options?: Partial<KeywrightOptions>): Keywright;
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
  const minted = new Set<string>();
  const litellm = recordingSecrets(connect(running), minted);
  const logged: string[] = [];
  const logger = loggerInto(logged);
  const keywright = keywrightOn(storage, litellm, { logger });
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
    minted,
    logged,
    another: (ports = {}, options = {}) =>
      keywrightOn(
        ports.storage ?? storage,
        { ...litellm, mirror: ports.mirror ?? litellm.mirror },
        { logger, ...options },
      ),
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

function recordingSecrets(litellm: LiteLlm, minted: Set<string>): LiteLlm {
  const createKey: KeyMirror['createKey'] = (key, secret, signal) => {
    minted.add(secret.reveal());
    return litellm.mirror.createKey(key, secret, signal);
  };
  return { ...litellm, mirror: { ...litellm.mirror, createKey } };
}

function loggerInto(lines: string[]): Logger {
  const write = (message: string, fields?: Record<string, unknown>) =>
    void lines.push(inspect({ message, fields }, { depth: 9, showHidden: true }));
  return { debug: write, info: write, warn: write, error: write };
}

/** Lets an hour pass: leases run out, what waits is due, no commit of LiteLLM's can be late any more. */
export async function anHourLater(world: World): Promise<void> {
  await timePasses(world, 3_600);
}

/** For leases, due times and late commits. Not for grace periods and expiries: those go by the clock of each node. */
export async function timePasses({ pool }: World, seconds: number): Promise<void> {
  const past = `interval '${seconds} seconds'`;
  await pool.query(`update keywright.sync_tasks set due_at = due_at - ${past}, lease_until = lease_until - ${past},
     unsettled_until = unsettled_until - ${past}`);
  await pool.query(`update keywright.api_key_secrets set minting_since = minting_since - ${past}`);
}

/** What the worker does in the end, whatever happened before: until nothing differs any more. */
export async function workerFinishes(world: World): Promise<void> {
  for (let round = 0; round < 10; round++) {
    await anHourLater(world);
    await world.keywright.sync.runDue();
    const { rows } = await world.pool.query('select 1 from keywright.sync_tasks where dead_at is null limit 1');
    if (rows.length === 0) return;
  }
  throw new Error('The queue does not become empty.');
}

/** The grace period of every rotation ends; the worker follows, as it does by itself within seconds. */
export async function graceEnds(world: World): Promise<void> {
  await world.pool.query(
    "update keywright.api_key_secrets set valid_until = now() - interval '1 second' where state = 'retiring'",
  );
  await world.storage.unscoped.markKeysChangedByTime();
  await workerFinishes(world);
}

/** One comparison of everything, with repairs, that spares nothing that is young. */
export function reconcile(world: World) {
  return world.keywright.reconcile.run(operator, { repair: true, graceMs: 0 });
}

/** Whether LiteLLM itself lets this secret in, without us. */
async function liteLlmServes(world: World, secret: string): Promise<boolean> {
  const headers = { authorization: `Bearer ${secret}` };
  return (await fetch(`${world.running.url}/v1/models`, { headers })).ok;
}

/** Works here and there, or in neither. */
export async function expectWorks(world: World, secret: string | ApiKeySecret, works: boolean): Promise<void> {
  const text = typeof secret === 'string' ? secret : secret.reveal();
  const verified = await world.another().keys.verify(text);
  expect({ here: verified.ok, there: await liteLlmServes(world, text) }).toEqual({ here: works, there: works });
}

export async function listedKeys(world: World): Promise<string[]> {
  const { items } = await world.keywright.keys.list(actor, {}, { limit: 100 });
  return items.map((item) => item.id);
}

/** Takes every key out of both systems, so that the next test begins with none. */
export async function withoutKeys(world: World): Promise<void> {
  world.running.standIn.faults.clear();
  await world.pool.query(
    'delete from keywright.api_key_secrets; delete from keywright.api_keys; delete from keywright.sync_tasks',
  );
  const { url, masterKey } = world.running;
  const keys = world.running.standIn.keys().map((key) => key.token);
  world.minted.clear();
  if (keys.length === 0) return;
  const headers = { authorization: `Bearer ${masterKey}`, 'content-type': 'application/json' };
  const answer = await fetch(`${url}/key/delete`, { method: 'POST', headers, body: JSON.stringify({ keys }) });
  if (!answer.ok) throw new Error(`LiteLLM does not delete: ${await answer.text()}`);
}

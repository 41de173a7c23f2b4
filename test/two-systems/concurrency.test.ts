import { type ApiKeySecret, hashSecret, isKeywrightError, type Keywright } from '@keywright/core';
import { createPostgresStorage } from '@keywright/postgres-store';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { expectEqual, secretsHeld } from './equality.ts';
import { aSubject, type Subject } from './operations.ts';
import { admin, expectWorks, openWorld, reconcile, type World, withoutKeys, workerFinishes } from './world.ts';

let world: World;
let pools: pg.Pool[];
let nodes: [Keywright, Keywright];

const node = () => {
  const pool = new pg.Pool({ connectionString: world.databaseUrl });
  pools.push(pool);
  return world.another({ storage: createPostgresStorage({ pool }) });
};

beforeAll(async () => {
  world = await openWorld();
  pools = [];
  nodes = [node(), node()];
});
afterAll(async () => {
  await Promise.all(nodes.map((one) => one.close()));
  await Promise.all(pools.map((pool) => pool.end())); // a connection tells what it counted when it ends
  const { rows } = await world.pool.query(
    'select deadlocks::int from pg_stat_database where datname = current_database()',
  );
  expect(rows).toEqual([{ deadlocks: 0 }]);
  expect(world.logged.filter((line) => /deadlock|40P01/.test(line))).toEqual([]);
  await world.close();
});
afterEach(() => withoutKeys(world));

/** Subjects in one round: each of them is fought over by itself, all at the same time. */
const subjects = 12;
const at0 = { gracePeriodSeconds: 0 };

/** What two callers ask for at the same time, each of a node of his own. */
type Contest = (nodes: [Keywright, Keywright], subject: Subject) => Promise<unknown>[];

/** Lets callers meet on every subject. Only these refusals may come of it; resolves to the secrets that were given. */
async function meet(contest: Contest, refusals: readonly string[] = []) {
  const begun = [];
  for (let n = 0; n < subjects; n++) begun.push(await aSubject(world.keywright));
  const results = await Promise.all(begun.map(({ subject }) => Promise.allSettled(contest(nodes, subject))));
  return begun.map(({ subject, old }, n) => {
    const given: ApiKeySecret[] = [];
    let refused = 0;
    for (const result of results[n] ?? []) {
      if (result.status === 'rejected') {
        refused++;
        if (!isKeywrightError(result.reason)) throw result.reason;
        expect(refusals).toContain(result.reason.code);
      } else if (isRotated(result.value)) given.push(result.value.secret);
    }
    return { subject, old, given, refused };
  });
}

function isRotated(value: unknown): value is { secret: ApiKeySecret } {
  return typeof value === 'object' && value !== null && 'secret' in value;
}

/** Equal in the end, and of all secrets that were ever made those work that the rows hold. */
async function expectEqualAndPromised(): Promise<void> {
  await workerFinishes(world);
  expect(await reconcile(world)).toMatchObject({ outcome: 'equal' });
  await expectEqual(world);
  const held = await secretsHeld(world);
  for (const secret of world.minted) {
    const row = held.find(({ token }) => token === hashSecret(secret));
    await expectWorks(world, secret, row !== undefined && !row.blocked);
  }
}

const read = async ({ keyId }: Subject) =>
  (
    await world.pool.query("select is_active, encode(key_hash, 'hex') as hash from keywright.api_keys where id = $1", [
      keyId,
    ])
  ).rows[0];

describe('two nodes at the same key at the same time', () => {
  it('rotate and delete: deleted in the end, and no secret of it works', async () => {
    const met = await meet(
      ([a, b], { actor, keyId }) => [a.keys.rotate(actor, keyId), b.keys.delete(actor, keyId)],
      ['key_not_found'],
    );
    await expectEqualAndPromised();
    for (const { subject, old, given } of met) {
      expect(await read(subject)).toBeUndefined();
      for (const secret of [old, ...given]) await expectWorks(world, secret, false);
    }
  });

  it.each([
    ['with a grace period', {}],
    ['at once', at0],
  ])('rotate and rotate %s: the secret that was given last works', async (_, input) => {
    const met = await meet(
      ([a, b], { actor, keyId }) => [a, b, a, b].map((one) => one.keys.rotate(actor, keyId, input)),
      ['rotation_in_progress'],
    );
    await expectEqualAndPromised();
    for (const { subject, given } of met) {
      expect(given.length).toBeGreaterThan(0);
      const { hash } = await read(subject);
      const last = given.find((secret) => secret.hash === hash);
      if (!last) throw new Error('the key has a secret that nobody was given');
      await expectWorks(world, last, true);
    }
  });

  it('rotate and block: blocked in the end, whoever was first', async () => {
    const met = await meet(
      ([a, b], { actor, keyId }) => [a.keys.rotate(actor, keyId), b.keys.block(actor, keyId)],
      ['key_not_active'],
    );
    await expectEqualAndPromised();
    for (const { subject, old, given } of met) {
      expect(await read(subject)).toMatchObject({ is_active: false });
      for (const secret of [old, ...given]) await expectWorks(world, secret, false);
      await world.keywright.keys.unblock(subject.actor, subject.keyId);
      for (const secret of given.length > 0 ? given : [old]) await expectWorks(world, secret, true);
    }
    await expectEqualAndPromised();
  });

  it('rotate while the subscription is narrowed: both secrets are bound by it', async () => {
    const narrow = { models: ['gpt-4o-mini'], tpmLimit: 20 };
    const met = await meet(([a, b], { actor, keyId, subscriptionId }) => [
      a.keys.rotate(actor, keyId),
      b.subscriptions.update(admin, subscriptionId, narrow),
      b.sync.runDue(),
    ]);
    await expectEqualAndPromised();
    for (const { old, given } of met) {
      expect(given).toHaveLength(1);
      for (const secret of [old, ...given]) {
        const upstream = world.running.standIn.keys().find(({ token }) => token === secret.hash);
        expect(upstream).toMatchObject({ models: ['gpt-4o-mini'], tpmLimit: 20 });
      }
    }
  });

  it('update and update: LiteLLM holds what the row holds', async () => {
    const met = await meet(([a, b], { actor, keyId }) => [
      a.keys.update(actor, keyId, { tpmLimit: 1, models: ['gpt-4o'] }),
      b.keys.update(actor, keyId, { tpmLimit: 2, models: ['gpt-4o-mini'] }),
      a.keys.update(actor, keyId, { tpmLimit: null, rpmLimit: 3 }),
    ]);
    await expectEqualAndPromised();
    for (const { old } of met) await expectWorks(world, old, true);
  });

  it('delete while both workers run: deleted once, and gone', async () => {
    const met = await meet(
      ([a, b], { actor, keyId }) => [
        a.keys.delete(actor, keyId),
        b.keys.delete(actor, keyId),
        a.sync.runDue(),
        b.sync.runDue(),
      ],
      ['key_not_found'],
    );
    await expectEqualAndPromised();
    for (const { subject, old, refused } of met) {
      expect(refused).toBe(1);
      expect(await read(subject)).toBeUndefined();
      await expectWorks(world, old, false);
    }
  });

  it('everything at once: equal in the end', async () => {
    await meet(
      ([a, b], { actor, keyId, subscriptionId }) => [
        a.keys.rotate(actor, keyId),
        b.keys.update(actor, keyId, { rpmLimit: 5 }),
        b.subscriptions.update(admin, subscriptionId, { models: ['gpt-4o-mini'] }),
        a.users.update(admin, actor.userId, { isActive: false }),
        b.keys.block(actor, keyId),
        a.sync.runDue(),
        b.users.update(admin, actor.userId, { isActive: true }),
        b.keys.create(actor, { name: 'made meanwhile', subscriptionId }),
        b.keys.rotate(actor, keyId, at0),
        a.keys.delete(actor, keyId),
      ],
      ['key_not_found', 'key_not_active', 'rotation_in_progress', 'user_inactive', 'gateway_unavailable'],
    );
    await expectEqualAndPromised();
  });
});

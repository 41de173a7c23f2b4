import {
  type ApiKeySecret,
  type InvalidationChannel,
  type Keywright,
  type RelayRefusal,
  systemClock,
} from '@keywright/core';
import { FixedClock } from '@keywright/core/testing';
import { createPostgresInvalidationChannel } from '@keywright/postgres-store';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type HalfOpenProxy, halfOpenProxy } from '../../packages/postgres-store/test/support/half-open-proxy.ts';
import { actor, admin, openWorld, operator, type World, workerFinishes } from './world.ts';

/** How long a node believes what it has read. */
const rememberedMs = 4_500;

let world: World;
let proxy: HalfOpenProxy;
/** Its time stands still, so what it remembers ends only when it is told, or when a test moves its clock. */
let there: Keywright;
let clock: FixedClock;
/** Drives the heartbeat of the line over which that node hears. */
let lineClock: FixedClock;
let reads: string[];
let here: Keywright;
/** What somebody on a line of their own heard of. */
let told: number;
let closing: (() => Promise<unknown>)[];

beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world?.close());
beforeEach(async () => {
  proxy = await halfOpenProxy();
  clock = new FixedClock(new Date());
  lineClock = new FixedClock();
  reads = [];
  told = 0;
  const channel = channelOver();
  const stop = await channel.listen({ onInvalidation: () => told++, onGap: () => {} });
  here = world.another({}, { invalidations: channel });
  there = world.another({ storage: countingReads() }, { clock, invalidations: channelOver(proxy) });
  closing = [() => proxy.close(), () => there.close(), () => here.close(), stop];
  there.start();
  await eventually(() => proxy.answers('LISTEN\0')).toBe(2); // its heartbeat and what it is told
});
afterEach(async () => {
  for (const close of closing) await close();
  await workerFinishes(world);
});

const eventually = (look: () => unknown) => expect.poll(look, { timeout: 30_000, interval: 5 });
const isGood = async (node: Keywright, secret: ApiKeySecret) => (await node.keys.verify(secret)).ok;
const create = () => world.keywright.keys.create(actor, { name: 'a key' });

function channelOver(way?: HalfOpenProxy): InvalidationChannel {
  const { databaseUrl } = world;
  const connectionString = way ? databaseUrl.replace(/@[^/]*/, `@127.0.0.1:${way.port}`) : databaseUrl;
  const newClient = () => new pg.Client({ connectionString });
  return createPostgresInvalidationChannel({ pool: world.pool, newClient, clock: way ? lineClock : systemClock });
}

function countingReads(): World['storage'] {
  const { unscoped } = world.storage;
  const counting: typeof unscoped = {
    ...unscoped,
    findBySecretHash(hash) {
      reads.push(hash);
      return unscoped.findBySecretHash(hash);
    },
  };
  return { ...world.storage, unscoped: counting };
}

/** A key that the other node has read. */
async function knownThere(): Promise<Awaited<ReturnType<typeof create>>> {
  const created = await create();
  expect(await isGood(there, created.secret)).toBe(true);
  return created;
}

/** Nothing arrives any more, in neither direction, and nobody is told that. */
function cutTheLine(): void {
  proxy.swallow();
  proxy.swallowNew(true);
}

async function deleteUnheard(id: string): Promise<void> {
  await here.keys.delete(actor, id);
  await eventually(() => told).toBe(1);
}

describe('a node that is told', () => {
  const admins = { of: 'tenant' as const };
  interface Change {
    take(keyId: string): Promise<unknown>;
    giveBack(keyId: string): Promise<unknown>;
  }
  const setUser = (isActive: boolean) => here.users.update(admin, actor.userId, { isActive }, admins);
  const setSubscription = (status: 'active' | 'suspended') =>
    here.subscriptions.update(admin, world.subscriptionId, { status }, admins);
  const setTenant = (isActive: boolean) => here.tenants.update(operator, actor.tenantId, { isActive });
  it.each<[string, Change]>([
    ['a key was deleted', { take: (id) => here.keys.delete(actor, id), giveBack: async () => {} }],
    ['a key was blocked', { take: (id) => here.keys.block(actor, id), giveBack: (id) => here.keys.delete(actor, id) }],
    ['its user was deactivated', { take: () => setUser(false), giveBack: () => setUser(true) }],
    [
      'its subscription was suspended',
      { take: () => setSubscription('suspended'), giveBack: () => setSubscription('active') },
    ],
    ['its tenant was deactivated', { take: () => setTenant(false), giveBack: () => setTenant(true) }],
  ])('does not go by what it remembers: %s on another node', async (_, { take, giveBack }) => {
    const { apiKey, secret } = await knownThere();
    expect(await isGood(here, secret)).toBe(true);
    await take(apiKey.id);
    try {
      expect(await isGood(here, secret)).toBe(false);
      await eventually(() => isGood(there, secret)).toBe(false);
    } finally {
      await giveBack(apiKey.id);
    }
  });

  it('keeps what the change is not about', async () => {
    const [one, other] = [await knownThere(), await knownThere()];
    await here.keys.delete(actor, one.apiKey.id);
    await eventually(() => isGood(there, one.secret)).toBe(false);
    expect(await isGood(there, other.secret)).toBe(true);
    expect(reads.filter((hash) => hash === other.secret.hash)).toHaveLength(1);
  });

  it('ends a stream of a key that was deleted on another node, and writes its usage once', async () => {
    const { apiKey, secret } = await knownThere();
    const { chunks, ended } = await openStream(secret);
    await here.keys.delete(actor, apiKey.id);
    await eventually(() => isGood(there, secret)).toBe(false);
    await endsWhileTimePasses(ended);
    expect(Buffer.concat(chunks).toString()).toContain('"by":"verify","reason":"unknown"');
    expect(await outcomes(apiKey.id)).toEqual(['aborted']);
  });
});

describe('a node that is not told', () => {
  it('goes by what it remembers for five seconds, and not longer', async () => {
    const { apiKey, secret } = await knownThere();
    cutTheLine();
    await deleteUnheard(apiKey.id);
    clock.advance(rememberedMs - 1);
    expect(await isGood(there, secret)).toBe(true);
    clock.advance(1);
    expect(await isGood(there, secret)).toBe(false);
  });

  it('forgets everything once it hears again', async () => {
    const [deleted, other] = [await knownThere(), await knownThere()];
    proxy.swallow();
    await deleteUnheard(deleted.apiKey.id);
    expect(await isGood(there, deleted.secret)).toBe(true);
    await eventually(async () => {
      lineClock.advance(1000);
      return isGood(there, deleted.secret);
    }).toBe(false);
    expect(await isGood(there, other.secret)).toBe(true);
    expect(reads.filter((hash) => hash === other.secret.hash)).toHaveLength(2);
  });

  it('ends a stream when what it remembers of the key is over', async () => {
    const { apiKey, secret } = await knownThere();
    const { ended } = await openStream(secret);
    cutTheLine();
    await deleteUnheard(apiKey.id);
    expect(await isGood(there, secret)).toBe(true);
    await endsWhileTimePasses(ended);
    expect(await outcomes(apiKey.id)).toEqual(['aborted']);
  });
});

it('deletes a key also when the other nodes cannot be told', async () => {
  const { apiKey, secret } = await knownThere();
  const silent = world.another(
    {},
    { invalidations: { ...channelOver(), publish: () => Promise.reject(new Error('no line')) } },
  );
  expect(await silent.keys.delete(actor, apiKey.id)).toMatchObject({ isPending: false });
  expect(await isGood(silent, secret)).toBe(false);
  await silent.close();
  expect(world.logged.join()).toContain('Telling the other nodes of a change failed');
  expect(await isGood(there, secret)).toBe(true);
  clock.advance(rememberedMs);
  expect(await isGood(there, secret)).toBe(false);
});

/** A stream on the other node that says one word, and waits. */
async function openStream(secret: ApiKeySecret): Promise<{ chunks: Uint8Array[]; ended: Promise<void> }> {
  const result = await there.chatCompletions.relay({
    path: '/v1/chat/completions',
    secret,
    body: async () => ({
      model: 'gpt-4o-mini',
      stream: true,
      messages: [{ role: 'user', content: '!tokens=9 !stall=1' }],
    }),
    headers: {},
    signal: new AbortController().signal,
    describeRefusal: (refusal: RelayRefusal) => refusal,
  });
  if (!result.ok || result.body instanceof Uint8Array) throw new Error('should be a stream');
  const chunks: Uint8Array[] = [];
  const ended = result.body.pipe((chunk) => void chunks.push(chunk));
  await eventually(() => chunks.length).toBeGreaterThan(0);
  return { chunks, ended };
}

/** Time goes on for the other node, as long as it takes. */
async function endsWhileTimePasses(ended: Promise<void>): Promise<void> {
  let isOver = false;
  void ended.then(() => {
    isOver = true;
  });
  await eventually(() => {
    clock.advance(100);
    return isOver;
  }).toBe(true);
}

/** What was written about the calls of a key, after the other node has ended and has nothing more to write. */
async function outcomes(keyId: string): Promise<unknown[]> {
  for (const close of closing.splice(0, 2)) await close();
  const { rows } = await world.pool.query('select outcome from keywright.usage_events where key_id = $1', [keyId]);
  return rows.map((row) => row.outcome);
}

import { isKeywrightError, KeywrightError, type RotatedApiKey } from '@keywright/core';
import { newUsageEvent } from '@keywright/core/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import { alice, auditor, aWorld, bob, type CoreWorld, dana } from '../world.ts';

let world: CoreWorld;
let key: { id: string; secret: string; hash: string };
beforeEach(async () => {
  world = await aWorld();
  const { apiKey, secret } = await world.keywright.keys.create(alice, { name: 'laptop', maxBudget: '10' });
  key = { id: apiKey.id, secret: secret.reveal(), hash: secret.hash };
});

const admins = { of: 'tenant' as const };
const second = 1_000;

async function codeOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'ok',
    (error: unknown) => (isKeywrightError(error) ? error.code : String(error)),
  );
}

async function reasonFor(secret: string): Promise<string> {
  const result = await world.keywright.keys.verify(secret);
  return result.ok ? 'ok' : result.reason;
}

const upstreamHashes = () => world.litellm.upstream.keys().map((held) => held.keyHash);
const rotate = (graceSeconds?: number): Promise<RotatedApiKey> =>
  world.keywright.keys.rotate(alice, key.id, graceSeconds === undefined ? {} : { gracePeriodSeconds: graceSeconds });

async function audited(): Promise<string[]> {
  const { items } = await world.keywright.audit.list(dana, { resourceId: key.id }, { limit: 20 });
  return items.map((entry) => entry.action);
}

describe('rotating', () => {
  it('gives the same key another secret; both work until the grace period ends, here and in LiteLLM', async () => {
    const { apiKey, secret, previousUntil } = await rotate();
    expect(apiKey).toMatchObject({ id: key.id, name: 'laptop', syncStatus: 'synced', keyPrefix: secret.prefix });
    expect(previousUntil.getTime() - world.clock.now()).toBe(300 * second);
    expect([await reasonFor(key.secret), await reasonFor(secret.reveal())]).toEqual(['ok', 'ok']);
    expect(world.litellm.upstream.key(key.hash)?.expiresAt).toEqual(previousUntil);
    expect(world.litellm.upstream.key(secret.hash)).toMatchObject({
      expiresAt: null,
      maxBudget: 10_000_000_000n,
      metadata: { key_id: key.id, generation: 2 },
    });

    world.clock.advance(300 * second);
    expect([await reasonFor(key.secret), await reasonFor(secret.reveal())]).toEqual(['expired', 'ok']);
    expect(await world.storage.unscoped.markKeysChangedByTime()).toBe(1);
    await world.keywright.sync.runDue();
    expect(upstreamHashes()).toEqual([secret.hash]);
    world.clock.advance(5 * second); // what verify remembers
    expect(await reasonFor(key.secret)).toBe('unknown');
    expect((await world.storage.keys.mirrorSource('acme', key.id))?.secrets.length).toBe(1);
  });

  it('with a grace period of 0 ends the old secret at once, in both systems', async () => {
    expect(await reasonFor(key.secret)).toBe('ok');
    const { secret } = await rotate(0);
    expect(upstreamHashes()).toEqual([secret.hash]);
    expect([await reasonFor(key.secret), await reasonFor(secret.reveal())]).toEqual(['unknown', 'ok']);
  });

  it('stays synced when LiteLLM loses the old secret before its time', async () => {
    await rotate();
    world.litellm.upstream.removeKey(key.hash);
    await world.storage.syncTasks.mark('acme', 'key', key.id);
    await world.keywright.sync.runDue();
    expect(await world.keywright.keys.get(alice, key.id)).toMatchObject({ syncStatus: 'synced' });
  });

  it('lets the old secret live no longer than the key', async () => {
    const expiresAt = new Date(world.clock.now() + 60 * second);
    await world.keywright.keys.update(alice, key.id, { expiresAt });
    expect((await rotate()).previousUntil).toEqual(expiresAt);
  });

  it('carries over what was spent, so that a rotation is no way round a budget', async () => {
    const held = world.litellm.upstream.key(key.hash);
    if (!held) throw new Error('LiteLLM should hold the key');
    world.litellm.upstream.putKey({ ...held, spend: 7_000_000_000n });
    const { secret } = await rotate();
    expect(world.litellm.upstream.key(secret.hash)?.spend).toBe(7_000_000_000n);
  });

  it('starts from what our ledger or any older secret has counted, if that is more', async () => {
    await rotate();
    const held = world.litellm.upstream.key(key.hash);
    if (!held) throw new Error('LiteLLM should hold the old secret');
    world.litellm.upstream.putKey({ ...held, spend: 9_000_000_000n }); // by the old secret, within its grace
    const third = await rotate(0);
    expect(world.litellm.upstream.key(third.secret.hash)?.spend).toBe(9_000_000_000n);
    const owned = { tenantId: 'acme', userId: 'alice', subscriptionId: world.subscriptionId, id: key.id };
    await world.storage.unscoped.ledger.append([newUsageEvent(owned, { costNano: 9_990_000_000n })]);
    const fourth = await rotate(0);
    expect(world.litellm.upstream.key(fourth.secret.hash)?.spend).toBe(9_990_000_000n);
  });

  it('ends the old secret in LiteLLM although LiteLLM refuses something else about it', async () => {
    await world.keywright.subscriptions.update(dana, world.subscriptionId, { models: ['gpt-a'] });
    const { updateKey } = world.litellm.mirror;
    world.litellm.mirror.updateKey = (hash, change, signal) =>
      change.models
        ? Promise.reject(new KeywrightError('gateway_refused', 'no such model'))
        : updateKey.call(world.litellm.mirror, hash, change, signal);
    const { previousUntil } = await rotate();
    expect(world.litellm.upstream.key(key.hash)?.expiresAt).toEqual(previousUntil);
  });

  it('is refused within the grace period, unless all old secrets shall end at once', async () => {
    const first = await rotate();
    const refusal = await rotate().catch((error: unknown) => error);
    expect(refusal).toMatchObject({ code: 'rotation_in_progress', retryAfterSeconds: 300 });
    const third = await rotate(0);
    expect(upstreamHashes()).toEqual([third.secret.hash]);
    expect([await reasonFor(key.secret), await reasonFor(first.secret.reveal())]).toEqual(['unknown', 'unknown']);
    world.clock.advance(second);
    expect(await codeOf(rotate())).toBe('ok');
  });

  it('is refused for a key that is blocked, expired or deleted, and for a stranger', async () => {
    expect(await codeOf(world.keywright.keys.rotate(bob, key.id))).toBe('key_not_found');
    expect(await codeOf(world.keywright.keys.rotate(auditor, key.id, {}, admins))).toBe('forbidden');
    expect(await codeOf(world.keywright.keys.rotate(dana, key.id, { gracePeriodSeconds: 0 }, admins))).toBe('ok');
    await world.keywright.keys.block(alice, key.id);
    const asked = world.litellm.upstream.mirrorCalls.length;
    expect(await codeOf(rotate())).toBe('key_not_active');
    expect(world.litellm.upstream.mirrorCalls.length).toBe(asked);
    await world.keywright.keys.unblock(alice, key.id);
    await world.keywright.keys.update(alice, key.id, { expiresAt: new Date(world.clock.now() + second) });
    world.clock.advance(second);
    expect(await codeOf(rotate())).toBe('key_not_active');
    await world.keywright.keys.delete(alice, key.id);
    expect(await codeOf(rotate())).toBe('key_not_found');
  });

  it.each([-1, 1.5, 604_801, null])('refuses a grace period of %j seconds', async (gracePeriodSeconds) => {
    // @ts-expect-error null is none
    expect(await codeOf(world.keywright.keys.rotate(alice, key.id, { gracePeriodSeconds }))).toBe('validation_failed');
  });

  it('gives a key back to LiteLLM that LiteLLM had lost', async () => {
    world.litellm.upstream.removeKey(key.hash);
    await world.storage.syncTasks.mark('acme', 'key', key.id);
    await world.keywright.sync.runDue();
    expect(await world.keywright.keys.get(alice, key.id)).toMatchObject({ syncStatus: 'unmirrored' });
    const { apiKey, secret } = await rotate(0);
    expect(apiKey).toMatchObject({ syncStatus: 'synced', syncError: null });
    expect(await world.keywright.keys.verify(secret)).toMatchObject({ ok: true, caller: { isMirrored: true } });
  });

  it('is in the audit log with both prefixes and no secret', async () => {
    const { secret } = await rotate();
    const { items } = await world.keywright.audit.list(dana, { action: 'API_KEY_ROTATE' }, { limit: 5 });
    expect(items).toMatchObject([
      { actorId: 'alice', resourceId: key.id, after: { keyPrefix: secret.prefix }, metadata: { generation: 2 } },
    ]);
    expect(JSON.stringify(items)).not.toContain(secret.reveal());
  });
});

describe('a rotation that LiteLLM does not carry out', () => {
  it.each<[Parameters<typeof world.litellm.upstream.failNext>[1], number, string]>([
    ['refused', 1, 'gateway_refused'],
    ['unavailable', 2, 'gateway_unavailable'],
  ])('(%s) leaves the old secret as it was and nothing else behind', async (fault, times, code) => {
    for (let n = 0; n < times; n++) world.litellm.upstream.failNext('createKey', fault);
    expect(await codeOf(rotate())).toBe(code);
    await world.keywright.close(); // waits for the clean-up
    await world.storage.outside.shiftMintingSince(await mintingHash(), 3_600 * second);
    await world.storage.outside.ageTask({ tenantId: 'acme', entity: 'key', entityId: key.id }, 3_600 * second);
    await world.keywright.sync.runDue();
    expect(upstreamHashes()).toEqual([key.hash]);
    expect(await reasonFor(key.secret)).toBe('ok');
    expect(await audited()).toEqual(['API_KEY_ROTATE_ABORTED', 'API_KEY_CREATE']);
    expect((await world.storage.keys.mirrorSource('acme', key.id))?.secrets.length).toBe(1);
    expect(await codeOf(rotate())).toBe('ok');
  });

  /** Of a secret that was given up and may still be committed late; any other when there is none. */
  async function mintingHash(): Promise<string> {
    const source = await world.storage.keys.mirrorSource('acme', key.id);
    return source?.secrets.find((secret) => secret.mintingSince)?.keyHash ?? key.hash;
  }

  it('does not ask LiteLLM at all when the process stood still until the worker may have undone it', async () => {
    const { findKey } = world.litellm.mirror;
    world.litellm.mirror.findKey = (...args) => {
      world.clock.advance(3_600 * second);
      return findKey.apply(world.litellm.mirror, args);
    };
    expect(await codeOf(rotate())).toBe('gateway_unavailable');
    expect(world.litellm.upstream.mirrorCalls.filter((call) => call === 'createKey').length).toBe(1); // the key's own
  });

  it('takes away a secret that LiteLLM commits late', async () => {
    for (const _ of [1, 2]) world.litellm.upstream.failNext('createKey', 'commits-late');
    expect(await codeOf(rotate())).toBe('gateway_unavailable');
    await world.keywright.close();
    world.litellm.upstream.commitLate();
    expect(upstreamHashes().length).toBe(2);
    await world.storage.outside.shiftMintingSince(await mintingHash(), 3_600 * second);
    await world.storage.outside.ageTask({ tenantId: 'acme', entity: 'key', entityId: key.id }, 3_600 * second);
    await world.keywright.sync.runDue();
    expect(upstreamHashes()).toEqual([key.hash]);
  });

  it('succeeds when only the answer was lost', async () => {
    world.litellm.upstream.failNext('createKey', 'answer-lost');
    const { secret } = await rotate(0);
    expect(upstreamHashes()).toEqual([secret.hash]);
  });

  it('stands when LiteLLM cannot be told of the end of the old secret; the worker tells it', async () => {
    world.litellm.upstream.failNext('updateKey', 'unavailable');
    const { apiKey, secret, previousUntil } = await rotate();
    expect(apiKey.syncStatus).toBe('pending');
    expect([await reasonFor(key.secret), await reasonFor(secret.reveal())]).toEqual(['ok', 'ok']);
    await world.storage.outside.ageTask({ tenantId: 'acme', entity: 'key', entityId: key.id }, 3_600 * second);
    await world.keywright.sync.runDue();
    expect(world.litellm.upstream.key(key.hash)?.expiresAt).toEqual(previousUntil);
  });
});

describe('what happens to the key while LiteLLM is asked for the new secret', () => {
  /** Runs `work` after LiteLLM made the new secret, and before the rotation goes on. */
  function meanwhile(work: () => Promise<unknown>): void {
    const { createKey } = world.litellm.mirror;
    world.litellm.mirror.createKey = async (...args) => {
      const made = await createKey.apply(world.litellm.mirror, args);
      await work();
      return made;
    };
  }

  async function cleanedUp(): Promise<void> {
    await world.keywright.close();
    await world.storage.outside.ageTask({ tenantId: 'acme', entity: 'key', entityId: key.id }, 3_600 * second);
    await world.keywright.sync.runDue();
  }

  it('blocked: no new secret is given, and none is left', async () => {
    meanwhile(() => world.keywright.keys.block(dana, key.id, admins));
    expect(await codeOf(rotate(0))).toBe('key_not_active');
    await cleanedUp();
    expect(world.litellm.upstream.keys()).toMatchObject([{ keyHash: key.hash, blocked: true }]);
  });

  it('deleted: no new secret is given, and nothing of the key is left', async () => {
    meanwhile(() => world.keywright.keys.delete(alice, key.id));
    expect(await codeOf(rotate(0))).toBe('key_not_found');
    await cleanedUp();
    expect(upstreamHashes()).toEqual([]);
    expect(await world.storage.keys.mirrorSource('acme', key.id)).toBeUndefined();
  });

  it('narrowed with its subscription: the new secret is narrowed as well', async () => {
    meanwhile(() => world.keywright.subscriptions.update(dana, world.subscriptionId, { models: ['gpt-b'] }));
    const { secret } = await rotate(0);
    expect(world.litellm.upstream.keys()).toMatchObject([{ keyHash: secret.hash, models: ['gpt-b'] }]);
  });

  it('looked at by a worker that is late: the secret that was given stays', async () => {
    const { mirrorSource } = world.storage.keys;
    const read = (tenantId: string, id: string) => mirrorSource.call(world.storage.keys, tenantId, id);
    let seen: Awaited<ReturnType<typeof read>>;
    meanwhile(async () => {
      seen = await read('acme', key.id);
    });
    const { secret } = await rotate();
    const late = seen?.secrets.map((item) => ({ ...item, mintingSince: item.mintingSince && new Date(0) })) ?? [];
    const stale = seen && { ...seen, secrets: late };
    world.storage.keys.mirrorSource = async () => stale;
    await world.storage.syncTasks.mark('acme', 'key', key.id);
    await world.keywright.sync.runDue();
    expect(upstreamHashes()).toContain(secret.hash);
    expect(await reasonFor(secret.reveal())).toBe('ok');
  });

  it('undone by the worker, because it took too long: no secret is given', async () => {
    meanwhile(async () => {
      const source = await world.storage.keys.mirrorSource('acme', key.id);
      const minting = source?.secrets.find(({ state }) => state === 'minting');
      await world.storage.outside.shiftMintingSince(minting?.keyHash ?? '', 3_600 * second);
      await world.storage.outside.ageTask({ tenantId: 'acme', entity: 'key', entityId: key.id }, 3_600 * second);
      await world.keywright.sync.runDue();
    });
    expect(await codeOf(rotate(0))).toBe('gateway_unavailable');
    await cleanedUp();
    expect(upstreamHashes()).toEqual([key.hash]);
    expect(await reasonFor(key.secret)).toBe('ok');
  });
});

describe('a rotation whose process died', () => {
  it('is undone by the worker when a request can no longer be at it, and not before', async () => {
    const names = { keyHash: 'ab'.repeat(32), keyPrefix: 'sk-kw_dead' };
    await world.storage.transaction(async (stores) => {
      await stores.keys.lock({ tenantId: 'acme' }, key.id);
      await stores.keys.insertSecret('acme', key.id, names);
      await stores.syncTasks.mark('acme', 'key', key.id);
    });
    await world.keywright.sync.runDue();
    expect(await codeOf(rotate(0))).toBe('rotation_in_progress');
    await world.storage.outside.shiftMintingSince(names.keyHash, 3_600 * second);
    await world.storage.outside.ageTask({ tenantId: 'acme', entity: 'key', entityId: key.id }, 3_600 * second);
    await world.keywright.sync.runDue();
    expect(await audited()).toEqual(['API_KEY_ROTATE_ABORTED', 'API_KEY_CREATE']);
    expect(await world.keywright.keys.get(alice, key.id)).toMatchObject({ syncStatus: 'synced' });
    expect(await codeOf(rotate(0))).toBe('ok');
  });
});

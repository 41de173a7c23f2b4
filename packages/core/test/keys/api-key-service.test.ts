import {
  type Actor,
  type CreateApiKeyInput,
  generateSecret,
  isKeywrightError,
  type UpdateApiKeyInput,
} from '@keywright/core';
import { beforeEach, describe, expect, it } from 'vitest';
import { alice, auditor, aWorld, bob, type CoreWorld, dana, olga, stranger } from '../world.ts';

let world: CoreWorld;
beforeEach(async () => {
  world = await aWorld();
});

const admins = { of: 'tenant' as const };
const page = { limit: 20 };

async function codeOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'ok',
    (error: unknown) => (isKeywrightError(error) ? error.code : String(error)),
  );
}

describe('creating', () => {
  it('gives a key that carries its owner and works here and in LiteLLM', async () => {
    const { apiKey, secret } = await world.keywright.keys.create(alice, { name: 'laptop' });
    expect(apiKey).toMatchObject({
      userId: 'alice',
      tenantId: 'acme',
      name: 'laptop',
      status: 'active',
      syncStatus: 'synced',
      models: ['gpt-a', 'gpt-b'],
      modelSelection: 'subscription',
      permissions: ['llm:*'],
      subscriptionId: world.subscriptionId,
      keyPrefix: secret.prefix,
    });
    expect(await world.keywright.keys.verify(secret, { model: 'gpt-a' })).toMatchObject({
      ok: true,
      caller: { userId: 'alice', keyId: apiKey.id },
    });
  });

  it.each<[CreateApiKeyInput, string]>([
    [{ name: 'x', models: ['gpt-c'] }, 'model_not_in_subscription'],
    [{ name: 'x', models: [] }, 'validation_failed'],
    [{ name: 'x', maxBudget: '100.000000001' }, 'limit_above_maximum'],
    [{ name: 'x', maxBudget: '100' }, 'ok'],
    [{ name: 'x', maxBudget: '1', budgetDuration: '30d' }, 'limit_above_maximum'], // a thousand an hour is not ten a month
    [{ name: 'x', permissions: ['llm:chatt'] }, 'validation_failed'],
    [{ name: 'x', metadata: { note: generateSecret().reveal() } }, 'validation_failed'],
    [{ name: 'x', tpmLimit: 1_001 }, 'limit_above_maximum'],
    [{ name: 'x', tpmLimit: 0 }, 'ok'],
    [{ name: 'x', maxBudget: 0 }, 'ok'],
    [{ name: 'x', maxBudget: null }, 'ok'],
    [{ name: 'x', softBudget: '2', maxBudget: '1' }, 'validation_failed'],
    [{ name: 'x', expiresAt: '2029-12-31T23:59:59Z' }, 'validation_failed'],
    [{ name: 'x', expiresAt: '2030-01-01T00:00:01Z' }, 'ok'],
    [{ name: 'x', subscriptionId: 'no uuid' }, 'subscription_not_found'],
    [{ name: 'x', subscriptionId: '01890000-0000-7000-8000-000000000000' }, 'subscription_not_found'],
    [{ name: '' }, 'validation_failed'],
    [{ name: 'a\u0000b' }, 'validation_failed'],
  ])('%j ends as %s', async (input, expected) => {
    expect(await codeOf(world.keywright.keys.create(alice, input))).toBe(expected);
  });

  it('refuses a lifetime quota while nothing enforces it', async () => {
    // @ts-expect-error the type says so already
    expect(await codeOf(world.keywright.keys.create(alice, { name: 'x', quotaLimit: 5 }))).toBe('validation_failed');
  });

  it("needs a subscription of the caller: another user's is not found", async () => {
    expect(await codeOf(world.keywright.keys.create(bob, { name: 'x' }))).toBe('subscription_not_found');
    expect(await codeOf(world.keywright.keys.create(bob, { name: 'x', subscriptionId: world.subscriptionId }))).toBe(
      'subscription_not_found',
    );
    expect(
      await codeOf(world.keywright.keys.create(stranger, { name: 'x', subscriptionId: world.subscriptionId })),
    ).toBe('subscription_not_found');
  });

  it('needs an active subscription', async () => {
    await world.keywright.subscriptions.update(dana, world.subscriptionId, { status: 'suspended' });
    expect(await codeOf(world.keywright.keys.create(alice, { name: 'x' }))).toBe('subscription_inactive');
  });

  it('counts to the limit, and frees a place with a deletion', async () => {
    world = await aWorld({ maxKeysPerUser: 2 });
    const first = await world.keywright.keys.create(alice, { name: '1' });
    await world.keywright.keys.create(alice, { name: '2' });
    expect(await codeOf(world.keywright.keys.create(alice, { name: '3' }))).toBe('key_limit_reached');
    await world.keywright.keys.delete(alice, first.apiKey.id);
    expect(await codeOf(world.keywright.keys.create(alice, { name: '3' }))).toBe('ok');
  });

  it('for another user needs an admin of the tenant or an operator', async () => {
    const input = { name: 'x', userId: 'alice' };
    expect(await codeOf(world.keywright.keys.createFor(dana, input))).toBe('ok');
    expect(await codeOf(world.keywright.keys.createFor(olga, input, { of: 'tenant', tenantId: 'acme' }))).toBe('ok');
    for (const actor of [alice, bob, auditor])
      expect(await codeOf(world.keywright.keys.createFor(actor, input))).toBe('forbidden');
    expect(await codeOf(world.keywright.keys.createFor(stranger, input, { of: 'tenant', tenantId: 'acme' }))).toBe(
      'forbidden',
    );
    expect(await codeOf(world.keywright.keys.createFor(stranger, input))).toBe('subscription_not_found');
  });
});

describe('seeing', () => {
  it.each<[string, Actor, typeof admins | undefined, string]>([
    ['its owner', alice, undefined, 'ok'],
    ['another user', bob, undefined, 'key_not_found'],
    ['another tenant', stranger, undefined, 'key_not_found'],
    ['an admin, as an admin', dana, admins, 'ok'],
    ['an admin, as a user', dana, undefined, 'key_not_found'],
    ['a reading admin', auditor, admins, 'ok'],
    ['a user, as an admin', alice, admins, 'forbidden'],
    ['an admin of another tenant', stranger, admins, 'key_not_found'],
  ])('a key as %s', async (_who, actor, reach, expected) => {
    const { apiKey } = await world.keywright.keys.create(alice, { name: 'laptop' });
    expect(await codeOf(world.keywright.keys.get(actor, apiKey.id, reach))).toBe(expected);
    const { items } = await world.keywright.keys.list(actor, {}, page, reach).catch(() => ({ items: [] }));
    expect(items.map((item) => item.id)).toEqual(expected === 'ok' ? [apiKey.id] : []);
  });

  it('asks nobody else: a list makes no call to LiteLLM', async () => {
    await world.keywright.keys.create(alice, { name: 'laptop' });
    world.litellm.upstream.isDown = true;
    expect((await world.keywright.keys.list(alice, {}, page)).items).toHaveLength(1);
  });
});

describe('changing', () => {
  it.each<[UpdateApiKeyInput, object]>([
    [{ name: 'desktop' }, { name: 'desktop', tpmLimit: 5, maxBudget: 1_000_000_000n }],
    [{ tpmLimit: null }, { tpmLimit: null, maxBudget: 1_000_000_000n }],
    [{ tpmLimit: 0 }, { tpmLimit: 0 }],
    [{ maxBudget: null }, { maxBudget: null, tpmLimit: 5 }],
    [{ maxBudget: '0' }, { maxBudget: 0n }],
    [{ models: ['gpt-b'] }, { models: ['gpt-b'], modelSelection: 'explicit' }],
    [{ models: null }, { models: ['gpt-a', 'gpt-b'], modelSelection: 'subscription' }],
    [{ expiresAt: '2031-01-01T00:00:00Z' }, { expiresAt: new Date('2031-01-01T00:00:00Z') }],
    [{ metadata: { team: 'a' } }, { metadata: { team: 'a' } }],
  ])('%j leaves all else as it was', async (change, expected) => {
    const { apiKey } = await world.keywright.keys.create(alice, {
      name: 'laptop',
      tpmLimit: 5,
      maxBudget: '1',
      models: ['gpt-a'],
    });
    const after = await world.keywright.keys.update(alice, apiKey.id, change);
    const { updatedAt, lastSyncAt, ...before } = apiKey;
    expect(after).toMatchObject({ ...before, ...expected, syncStatus: 'synced' });
  });

  it.each<[UpdateApiKeyInput, string]>([
    [{}, 'validation_failed'],
    [{ models: [] }, 'validation_failed'],
    [{ models: ['gpt-c'] }, 'model_not_in_subscription'],
    [{ tpmLimit: 1_001 }, 'limit_above_maximum'],
    [{ maxBudget: '101' }, 'limit_above_maximum'],
    [{ expiresAt: '2029-01-01T00:00:00Z' }, 'validation_failed'],
  ])('refuses %j and changes nothing', async (change, expected) => {
    const { apiKey } = await world.keywright.keys.create(alice, { name: 'laptop' });
    expect(await codeOf(world.keywright.keys.update(alice, apiKey.id, change))).toBe(expected);
    expect(await world.keywright.keys.get(alice, apiKey.id)).toEqual(apiKey);
  });

  it('is told to LiteLLM, a null as a null', async () => {
    const { apiKey } = await world.keywright.keys.create(alice, { name: 'laptop', rpmLimit: 5 });
    const inLiteLlm = () => world.litellm.upstream.keys().find((key) => key.metadata.key_id === apiKey.id);
    expect(inLiteLlm()).toMatchObject({ rpmLimit: 5 });
    await world.keywright.keys.update(alice, apiKey.id, { rpmLimit: null });
    expect(inLiteLlm()).toMatchObject({ rpmLimit: null });
  });

  it('leaves an audit entry with what was before and after, and who it was', async () => {
    const { apiKey } = await world.keywright.keys.create(alice, { name: 'laptop' });
    const origin = { requestId: 'r-1', ipAddress: '192.0.2.1', userAgent: 'curl' };
    await world.keywright.keys.update({ ...alice, origin }, apiKey.id, { tpmLimit: 7 });
    const { items } = await world.keywright.audit.list(dana, { action: 'API_KEY_UPDATE' }, page);
    expect(items[0]).toMatchObject({
      actorId: 'alice',
      resourceId: apiKey.id,
      before: { tpmLimit: null },
      after: { tpmLimit: 7 },
      requestId: 'r-1',
      ipAddress: '192.0.2.1',
      userAgent: 'curl',
    });
  });
});

describe('an expired key', () => {
  it('does not come back: it counts to the limit no longer', async () => {
    const { apiKey } = await world.keywright.keys.create(alice, { name: 'short', expiresAt: '2030-01-01T00:00:01Z' });
    world.clock.advance(1_000);
    expect(await codeOf(world.keywright.keys.update(alice, apiKey.id, { expiresAt: null }))).toBe('key_not_active');
    expect(await codeOf(world.keywright.keys.update(alice, apiKey.id, { name: 'late' }))).toBe('ok');
  });
});

describe('deleting', () => {
  it('is for good, leaves an audit entry with name and prefix, and never a secret', async () => {
    const { apiKey, secret } = await world.keywright.keys.create(alice, { name: 'laptop' });
    expect(await world.keywright.keys.delete(alice, apiKey.id)).toMatchObject({ isPending: false });
    expect(await codeOf(world.keywright.keys.get(alice, apiKey.id))).toBe('key_not_found');
    expect(await codeOf(world.keywright.keys.update(alice, apiKey.id, { name: 'x' }))).toBe('key_not_found');
    expect(world.litellm.upstream.keys()).toEqual([]);
    const { items } = await world.keywright.audit.list(dana, { resourceId: apiKey.id }, page);
    expect(items.map((entry) => entry.action)).toEqual(['API_KEY_DELETE', 'API_KEY_CREATE']);
    expect(items[0]).toMatchObject({ before: { name: 'laptop', keyPrefix: apiKey.keyPrefix, userId: 'alice' } });
    expect(JSON.stringify(items)).not.toContain(secret.reveal());
  });

  it.each<[string, Actor, typeof admins | undefined, string]>([
    ['another user', bob, undefined, 'key_not_found'],
    ['another tenant', stranger, undefined, 'key_not_found'],
    ["another tenant's admin", stranger, admins, 'key_not_found'],
    ['a reading admin', auditor, admins, 'forbidden'],
    ['an admin', dana, admins, 'ok'],
  ])('by %s', async (_who, actor, reach, expected) => {
    const { apiKey, secret } = await world.keywright.keys.create(alice, { name: 'laptop' });
    expect(await codeOf(world.keywright.keys.delete(actor, apiKey.id, reach))).toBe(expected);
    expect((await world.keywright.keys.verify(secret)).ok).toBe(expected !== 'ok');
  });

  it('that is pending is seen by admins and by nobody else', async () => {
    const { apiKey } = await world.keywright.keys.create(alice, { name: 'laptop' });
    world.litellm.upstream.isDown = true;
    expect(await world.keywright.keys.delete(alice, apiKey.id)).toMatchObject({ isPending: true });
    expect(await codeOf(world.keywright.keys.get(alice, apiKey.id))).toBe('key_not_found');
    expect(await world.keywright.keys.get(dana, apiKey.id, admins)).toMatchObject({ status: 'deleting' });
    expect(await codeOf(world.keywright.keys.update(dana, apiKey.id, { name: 'x' }, admins))).toBe('key_not_active');
    world.litellm.upstream.isDown = false;
    world.clock.advance(60_000);
    await world.keywright.sync.runDue();
    expect(await codeOf(world.keywright.keys.get(dana, apiKey.id, admins))).toBe('key_not_found');
  });
});

describe('a subscription that changes', () => {
  it.each<[string, Parameters<CoreWorld['keywright']['subscriptions']['update']>[2], string]>([
    ['is suspended', { status: 'suspended' }, 'subscription_inactive'],
    ['is cancelled', { status: 'cancelled' }, 'subscription_inactive'],
    ['ends', { expiresAt: '2030-01-01T00:00:00Z' }, 'subscription_inactive'],
    ['loses a model', { models: ['gpt-b'] }, 'model_not_allowed'],
  ])('and %s binds its keys at once', async (_what, change, reason) => {
    const { secret } = await world.keywright.keys.create(alice, { name: 'laptop' });
    expect((await world.keywright.keys.verify(secret, { model: 'gpt-a' })).ok).toBe(true);
    await world.keywright.subscriptions.update(dana, world.subscriptionId, change);
    expect(await world.keywright.keys.verify(secret, { model: 'gpt-a' })).toEqual({ ok: false, reason });
  });

  it('cannot be deleted while keys hang on it', async () => {
    const { apiKey } = await world.keywright.keys.create(alice, { name: 'laptop' });
    expect(await codeOf(world.keywright.subscriptions.delete(dana, world.subscriptionId))).toBe('subscription_in_use');
    await world.keywright.keys.delete(alice, apiKey.id);
    expect(await codeOf(world.keywright.subscriptions.delete(dana, world.subscriptionId))).toBe('ok');
  });

  it('is the default one when it is the first of its user', async () => {
    const create = (isDefault?: boolean) =>
      world.keywright.subscriptions.create(dana, {
        userId: 'zed',
        models: ['gpt-a'],
        ...(isDefault !== undefined && { isDefault }),
      });
    expect((await create()).isDefault).toBe(true);
    expect((await create()).isDefault).toBe(false);
    expect(await codeOf(world.keywright.keys.createFor(dana, { name: 'x', userId: 'zed' }))).toBe('ok');
  });

  it('cannot be changed by its user', async () => {
    expect(await codeOf(world.keywright.subscriptions.update(alice, world.subscriptionId, { status: 'active' }))).toBe(
      'forbidden',
    );
  });
});

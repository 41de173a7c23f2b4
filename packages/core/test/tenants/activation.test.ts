import { isKeywrightError } from '@keywright/core';
import { beforeEach, describe, expect, it } from 'vitest';
import { alice, auditor, aWorld, bob, type CoreWorld, dana, olga, stranger } from '../world.ts';

let world: CoreWorld;
let secret: string;
beforeEach(async () => {
  world = await aWorld();
  secret = (await world.keywright.keys.create(alice, { name: 'laptop' })).secret.reveal();
});

async function codeOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'ok',
    (error: unknown) => (isKeywrightError(error) ? error.code : String(error)),
  );
}

async function reason(): Promise<string> {
  const result = await world.keywright.keys.verify(secret);
  return result.ok ? 'ok' : result.reason;
}

const isBlockedUpstream = () => world.litellm.upstream.keys()[0]?.blocked;

describe('a user', () => {
  it('that is deactivated has no key that works, and all work again when it is reactivated', async () => {
    expect(await reason()).toBe('ok');
    expect(await world.keywright.users.update(dana, 'alice', { isActive: false })).toMatchObject({ isActive: false });
    expect(await reason()).toBe('user_inactive');
    expect(await codeOf(world.keywright.keys.create(alice, { name: 'another' }))).toBe('user_inactive');
    await world.keywright.sync.runDue();
    expect(isBlockedUpstream()).toBe(true);
    await world.keywright.users.update(dana, 'alice', { isActive: true });
    expect(await reason()).toBe('ok');
    await world.keywright.sync.runDue();
    expect(isBlockedUpstream()).toBe(false);
  });

  it('carries its own limits to LiteLLM, 0 as 0 and null as none', async () => {
    const change = { maxBudget: '12.5', tpmLimit: 0, rpmLimit: null };
    const updated = await world.keywright.users.update(dana, 'alice', change);
    expect(updated).toMatchObject({ maxBudget: 12_500_000_000n, tpmLimit: 0, rpmLimit: null, syncStatus: 'pending' });
    await world.keywright.sync.runDue();
    expect(world.litellm.upstream.users()).toMatchObject([{ maxBudget: 12_500_000_000n, tpmLimit: 0, rpmLimit: null }]);
    expect(await world.keywright.users.get(dana, 'alice')).toMatchObject({ syncStatus: 'synced' });
  });

  it('shows what LiteLLM refuses, and the entry can be retried', async () => {
    await world.keywright.users.update(dana, 'alice', { tpmLimit: 7 });
    world.litellm.upstream.failNext('ensureUser', 'refused');
    await world.keywright.sync.runDue();
    expect(await world.keywright.users.get(dana, 'alice')).toMatchObject({
      syncStatus: 'error',
      syncError: expect.stringMatching(/refused/),
    });
    await world.keywright.sync.retry(dana, 'user', 'alice');
    await world.keywright.sync.runDue();
    expect(await world.keywright.users.get(dana, 'alice')).toMatchObject({ syncStatus: 'synced', syncError: null });
  });

  it('that is told what it is already is not written, and not synchronised', async () => {
    const before = await world.keywright.users.get(dana, 'alice');
    expect(await world.keywright.users.update(dana, 'alice', { isActive: true, maxBudget: null })).toEqual(before);
    expect((await world.keywright.audit.list(dana, { action: 'USER_UPDATE' }, { limit: 5 })).items).toEqual([]);
  });

  it('is changed by admins of its tenant and operators alone, and each change is in the audit log', async () => {
    const inactive = { isActive: false };
    expect(await codeOf(world.keywright.users.update(alice, 'alice', inactive))).toBe('forbidden');
    expect(await codeOf(world.keywright.users.update(auditor, 'alice', inactive))).toBe('forbidden');
    expect(await codeOf(world.keywright.users.update(stranger, 'alice', inactive))).toBe('user_not_found');
    const acme = { of: 'tenant' as const, tenantId: 'acme' };
    expect(await codeOf(world.keywright.users.update(stranger, 'alice', inactive, acme))).toBe('forbidden');
    expect(await codeOf(world.keywright.users.update(dana, 'nobody', inactive))).toBe('user_not_found');
    expect(await codeOf(world.keywright.users.update(dana, 'alice', {}))).toBe('validation_failed');
    expect(await reason()).toBe('ok');
    await world.keywright.users.update(olga, 'alice', { maxBudget: '1' }, acme);
    const { items } = await world.keywright.audit.list(dana, { action: 'USER_UPDATE' }, { limit: 5 });
    expect(items).toMatchObject([{ actorId: 'olga', before: { maxBudget: null }, after: { maxBudget: '1' } }]);
  });
});

describe('a tenant', () => {
  it('that is deactivated has no key that works, and all work again when it is reactivated', async () => {
    expect(await reason()).toBe('ok');
    await world.keywright.tenants.update(olga, 'acme', { isActive: false });
    expect(await reason()).toBe('tenant_inactive');
    await world.keywright.sync.runDue();
    expect(isBlockedUpstream()).toBe(true);
    await world.keywright.tenants.update(olga, 'acme', { isActive: true });
    await world.keywright.sync.runDue();
    expect(await reason()).toBe('ok');
    expect(isBlockedUpstream()).toBe(false);
  });

  it("has a user's newest limits in LiteLLM, also when a creation was under way with older ones", async () => {
    await world.keywright.subscriptions.create(dana, { userId: 'bob', models: ['gpt-a'] });
    const { ensureUser } = world.litellm.mirror;
    world.litellm.mirror.ensureUser = async (...args) => {
      world.litellm.mirror.ensureUser = ensureUser.bind(world.litellm.mirror);
      await world.keywright.users.update(dana, 'bob', { maxBudget: '1' }); // after the row was read
      await world.keywright.sync.runDue();
      await ensureUser.apply(world.litellm.mirror, args);
    };
    await world.keywright.keys.create(bob, { name: 'first' });
    await world.keywright.sync.runDue();
    const held = world.litellm.upstream.users().find(({ liteLlmUserId }) => liteLlmUserId.endsWith('/bob'));
    expect(held?.maxBudget).toBe(1_000_000_000n);
  });

  it('that is mapped to a team has its keys in that team, old and new, with a sync status of its own', async () => {
    expect(await world.keywright.tenants.get(olga, 'acme')).toMatchObject({ liteLlmTeamId: null, syncStatus: null });
    await world.keywright.tenants.update(olga, 'acme', { liteLlmTeamId: 'team-acme', name: 'Acme' });
    expect(await world.keywright.tenants.get(olga, 'acme')).toMatchObject({ syncStatus: 'pending' });
    await world.keywright.sync.runDue();
    expect(world.litellm.upstream.teams()).toEqual([{ liteLlmTeamId: 'team-acme', name: 'Acme' }]);
    expect(await world.keywright.tenants.get(olga, 'acme')).toMatchObject({ syncStatus: 'synced' });
    await world.keywright.keys.create(alice, { name: 'another' });
    expect(world.litellm.upstream.keys().map((key) => key.liteLlmTeamId)).toEqual(['team-acme', 'team-acme']);
    await world.keywright.tenants.update(olga, 'acme', { liteLlmTeamId: null });
    await world.keywright.sync.runDue();
    expect(world.litellm.upstream.keys().map((key) => key.liteLlmTeamId)).toEqual([null, null]);
  });

  it('has its team before its first key, also when the worker has not come to it', async () => {
    await world.keywright.tenants.create(olga, { id: 'initech', liteLlmTeamId: 'team-initech' });
    const admin = { tenantId: 'initech', userId: 'bill', roles: ['admin' as const] };
    await world.keywright.subscriptions.create(admin, { userId: 'peter', models: ['gpt-a'] });
    await world.keywright.keys.create({ ...admin, userId: 'peter', roles: ['user'] }, { name: 'first' });
    expect(world.litellm.upstream.teams()).toMatchObject([{ liteLlmTeamId: 'team-initech' }]);
  });

  it('can be retried when LiteLLM refused its team, whatever its id looks like', async () => {
    const id = '01890000-0000-7000-8000-00000000ABCD';
    world.litellm.upstream.failNext('ensureTeam', 'refused');
    await world.keywright.tenants.create(olga, { id, liteLlmTeamId: 'team' });
    await world.keywright.sync.runDue();
    expect(await world.keywright.tenants.get(olga, id)).toMatchObject({ syncStatus: 'error' });
    await world.keywright.sync.retry(olga, 'team', id, { of: 'tenant', tenantId: id });
    await world.keywright.sync.runDue();
    expect(await world.keywright.tenants.get(olga, id)).toMatchObject({ syncStatus: 'synced', syncError: null });
  });

  it('is made once, found, listed newest first, and closed to everybody but operators', async () => {
    await world.keywright.tenants.create(olga, { id: 'initech', name: 'Initech' });
    expect(await codeOf(world.keywright.tenants.create(olga, { id: 'initech' }))).toBe('tenant_exists');
    expect(await codeOf(world.keywright.tenants.update(olga, 'nobody', { name: 'x' }))).toBe('tenant_not_found');
    expect(await codeOf(world.keywright.tenants.get(olga, 'nobody'))).toBe('tenant_not_found');
    const { items } = await world.keywright.tenants.list(olga, { search: 'INIT' }, { limit: 10 });
    expect(items.map((tenant) => tenant.id)).toEqual(['initech']);
    for (const actor of [alice, bob, dana, auditor, stranger]) {
      expect(await codeOf(world.keywright.tenants.list(actor, {}, { limit: 10 }))).toBe('forbidden');
      expect(await codeOf(world.keywright.tenants.get(actor, 'acme'))).toBe('forbidden');
      expect(await codeOf(world.keywright.tenants.create(actor, { id: 'x' }))).toBe('forbidden');
      expect(await codeOf(world.keywright.tenants.update(actor, 'acme', { isActive: false }))).toBe('forbidden');
    }
    const platform = { of: 'tenant' as const, tenantId: 'initech' };
    const audit = await world.keywright.audit.list(olga, {}, { limit: 5 }, platform);
    expect(audit.items).toMatchObject([{ action: 'TENANT_CREATE', resourceType: 'tenant', resourceId: 'initech' }]);
  });
});

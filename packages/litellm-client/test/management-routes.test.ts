import { randomUUID } from 'node:crypto';
import { ApiKeySecret, generateSecret } from '@keywright/core';
import { afterAll, beforeAll, describe, expect, type TestContext, test } from 'vitest';
import { type Capabilities, type LiteLlmError, readCapabilities } from '../src/index.ts';
import { collect } from './helpers/collect.ts';
import { chatCall, never, succeeded, textOf } from './helpers/gateway.ts';
import { type OpenedProxy, proxies } from './helpers/proxies.ts';

const models = ['fake-gpt'] as const;

/** The reason that a call fails for. */
const reasonOf = (call: Promise<unknown>) =>
  call.then(
    () => 'none',
    (error: LiteLlmError) => error.reason,
  );

for (const proxy of proxies) {
  describe(`the client of the management API, on ${proxy.name}`, () => {
    let opened: OpenedProxy;
    let capabilities: Capabilities;
    beforeAll(async () => {
      opened = await proxy.open();
      capabilities = await readCapabilities(opened.client);
    });
    afterAll(() => opened?.close());

    /** Skips a test on a stand-in that does not know its routes. */
    function needs(context: TestContext, ...paths: string[]) {
      const missing = (capabilities.missingRoutes ?? []).filter((route) =>
        paths.some((path) => route.split(' ')[1]?.startsWith(path)),
      );
      context.skip(missing.length > 0, `no ${missing.join(', ')}`);
      return opened.client;
    }

    const is81 = proxy.version === '1.81.12';

    test('keys: bulk update, aliases, deletion by alias', async (context) => {
      const { keys } = needs(context, '/key/bulk_update');
      const name = randomUUID();
      const [one, other] = [generateSecret(), generateSecret()];
      await keys.generate({ key: one.reveal(), key_alias: `${name}/one`, models, budget_duration: 'monthly' });
      await keys.generate({ key: other.reveal(), key_alias: `${name}/other`, models });
      expect((await keys.info(one.hash)).budget_duration).toBe('30d');
      const missing = '0'.repeat(64);
      const bulk = await keys.bulkUpdate([
        { key: one.hash, max_budget: 9 },
        { key: missing, max_budget: 9 },
      ]);
      expect(bulk.successful_updates.map((done) => done.key)).toEqual([one.hash]);
      expect(bulk.failed_updates).toMatchObject([{ key: missing, failed_reason: expect.any(String) }]);
      expect((await keys.info(one.hash)).max_budget).toBe(9);
      expect((await collect(keys.allAliases(name.toUpperCase()))).sort()).toEqual([`${name}/one`, `${name}/other`]);
      expect(await keys.deleteByAlias([`${name}/one`, `${name}/other`])).toHaveLength(2);
      expect(await reasonOf(keys.deleteByAlias([`${name}/one`]))).toBe('not_found');
    });

    test('keys: the spend is set back, but not up', async (context) => {
      const { keys } = needs(context, '/key/{key}/reset_spend');
      const secret = generateSecret();
      await keys.generate({ key: secret.reveal(), models, spend: 2 });
      expect(await keys.resetSpend(secret.hash, 0.5)).toMatchObject({ spend: 0.5, previous_spend: 2 });
      expect((await keys.info(secret.hash)).spend).toBe(0.5);
      expect(await reasonOf(keys.resetSpend(secret.hash, 1))).toBe('validation');
      expect(await reasonOf(keys.resetSpend('0'.repeat(64), 0))).toBe('not_found');
      await keys.delete([secret.hash]);
    });

    test('keys: of a service account', async (context) => {
      const { keys, teams } = needs(context, '/key/service-account', '/team/new', '/team/delete');
      const { team_id } = await teams.create({ team_id: randomUUID() });
      const made = await keys.generateForServiceAccount({ team_id, key_alias: randomUUID(), models });
      expect(await keys.info(made.token_id)).toMatchObject({ team_id, user_id: null });
      const bare = { team_id: '', models } as const;
      expect(await reasonOf(keys.generateForServiceAccount(bare))).toBe('validation');
      await teams.delete([team_id]);
    });

    test('keys: all of them, over several pages', async () => {
      const { keys } = opened.client;
      const user_id = randomUUID();
      const hashes: string[] = [];
      for (let made = 0; made < 101; made++) {
        const { token_id } = await keys.generate({ models, user_id, metadata: { made } });
        hashes.push(token_id);
      }
      const all = await collect(keys.all({ user_id }));
      expect(all.map((key) => key.token)).toEqual([...hashes].sort());
      expect(all[0]).toMatchObject({ user_id, models, blocked: false, spend: 0, created_at: expect.any(String) });
      expect((await collect(keys.all())).length).toBeGreaterThanOrEqual(101);
      const [first = '', ...rest] = hashes;
      await keys.delete([first, ...rest]);
      expect(await collect(keys.all({ user_id }))).toEqual([]);
    });

    test('users: found by id, and listed', async (context) => {
      const { users } = needs(context, '/user/list');
      const ids = [randomUUID(), randomUUID()] as const;
      for (const user_id of ids) await users.create({ user_id, max_budget: 3, budget_duration: 'weekly' });
      const list = await users.list({ user_ids: ids });
      expect(list.users.map((user) => user.user_id).sort()).toEqual([...ids].sort());
      expect(list.users[0]).toMatchObject({ max_budget: 3, budget_duration: '7d' });
      const all = await collect(users.all({ user_ids: ids }));
      expect(all).toHaveLength(2);
      expect(await users.delete(ids)).toBe(2);
      expect(await reasonOf(users.info(ids[0]))).toBe('not_found');
    });

    test('teams: from creation to deletion', async (context) => {
      const { teams } = needs(context, '/team', '/v2/team');
      const team_id = randomUUID();
      const request = { team_id, team_alias: 'T', models, max_budget: 5, budget_duration: 'monthly' };
      expect(await teams.create(request)).toMatchObject({ team_id, max_budget: 5, budget_duration: '30d' });
      expect(await reasonOf(teams.create({ team_id }))).toBe('already_exists');
      const changed = await teams.update({ team_id, max_budget: null, tpm_limit: 7 });
      expect(changed).toMatchObject({ max_budget: null, tpm_limit: 7, models });
      const user_id = randomUUID();
      expect(await teams.addMember(team_id, { user_id })).toBe(true);
      expect(await teams.addMember(team_id, { user_id })).toBe(false);
      const member = { user_id, role: 'user' };
      expect((await teams.info(team_id)).members_with_roles).toContainEqual(expect.objectContaining(member));
      expect(await teams.removeMember(team_id, user_id)).toBe(true);
      expect(await teams.removeMember(team_id, user_id)).toBe(false);
      await teams.block(team_id);
      expect((await teams.info(team_id)).blocked).toBe(true);
      await teams.unblock(team_id);
      expect((await teams.list({ team_id })).teams).toMatchObject([{ team_id, blocked: false }]);
      expect((await collect(teams.all({ team_id }))).map((team) => team.team_id)).toEqual([team_id]);
      expect(await reasonOf(teams.block(randomUUID()))).toBe('not_found');
      await teams.delete([team_id]);
      expect(await reasonOf(teams.info(team_id))).toBe('not_found');
      expect(await reasonOf(teams.delete([team_id]))).toBe('not_found');
    });

    test('organizations: from creation to deletion, where they need no licence', async (context) => {
      const { organizations } = needs(context, '/organization');
      const organization_id = randomUUID();
      const create = () => organizations.create({ organization_id, organization_alias: 'O', models, max_budget: 5 });
      if (!is81) return expect(await reasonOf(create())).toBe('enterprise_required');
      expect(await create()).toMatchObject({ organization_id, litellm_budget_table: { max_budget: 5 } });
      const renamed = await organizations.update({ organization_id, organization_alias: 'P' });
      expect(renamed.organization_alias).toBe('P');
      expect((await organizations.info(organization_id)).organization_alias).toBe('P');
      const ids = (await organizations.list()).map((one) => one.organization_id);
      expect(ids).toContain(organization_id);
      await organizations.delete([organization_id]);
      expect(await reasonOf(organizations.info(organization_id))).toBe('not_found');
    });

    test('budgets: from creation to deletion', async (context) => {
      const { budgets } = needs(context, '/budget');
      const budget_id = randomUUID();
      const made = await budgets.create({ budget_id, max_budget: 5, budget_duration: 'monthly' });
      expect(made).toMatchObject({ budget_id, max_budget: 5, budget_duration: '30d' });
      // 1.81.12 says no more than "Internal Server Error"
      expect(await reasonOf(budgets.create({ budget_id }))).toBe(is81 ? 'server_error' : 'already_exists');
      expect(await budgets.update({ budget_id, max_budget: null, rpm_limit: 3 })).toMatchObject({ max_budget: null });
      expect(await budgets.info([budget_id, randomUUID()])).toMatchObject([{ budget_id, rpm_limit: 3 }]);
      expect((await budgets.list()).map((one) => one.budget_id)).toContain(budget_id);
      expect(await budgets.delete(budget_id)).toBe(true);
      expect(await budgets.delete(budget_id)).toBe(false);
    });

    test('customers: from creation to deletion', async (context) => {
      const { customers } = needs(context, '/customer/new', '/customer/update', '/customer/info', '/customer/delete');
      const user_id = randomUUID();
      await customers.create({ user_id, max_budget: 5 });
      expect(await reasonOf(customers.create({ user_id }))).toBe('already_exists');
      await customers.update({ user_id, max_budget: 6 });
      expect(await customers.info(user_id)).toMatchObject({ user_id, litellm_budget_table: { max_budget: 6 } });
      expect((await customers.list()).map((one) => one.user_id)).toContain(user_id);
      await customers.block([user_id]);
      expect((await customers.info(user_id)).blocked).toBe(true);
      expect(await reasonOf(customers.unblock([user_id]))).toBe('enterprise_required');
      await customers.delete([user_id]);
      expect(await reasonOf(customers.info(user_id))).toBe('not_found');
      expect(await reasonOf(customers.delete([user_id]))).toBe('not_found');
    });

    test('spend: each call is in the logs, and in the sums of its day', async (context) => {
      const { keys, spend } = needs(context, '/spend/logs/v2', '/user/daily/activity');
      const start_date = new Date(Date.now() - 3_600_000);
      const end_date = new Date(Date.now() + 3_600_000);
      const made = await keys.generate({ models: ['fake-priced'] });
      const body = { model: 'fake-priced', messages: [{ role: 'user', content: '!tokens=22 a b c' }] };
      for (let call = 0; call < 3; call++) {
        const answer = await opened.litellm.chat.send(
          chatCall({ body, credential: new ApiKeySecret(made.key) }),
          never,
        );
        await textOf(succeeded(answer).body);
      }
      const filter = { start_date, end_date, api_key: made.token_id };
      await expect.poll(() => collect(spend.allLogs(filter)), { timeout: 30_000 }).toHaveLength(3);
      const logs = await collect(spend.allLogs(filter));
      expect(logs[0]).toMatchObject({ api_key: made.token_id, model_group: 'fake-priced', completion_tokens: 22 });
      expect(logs.reduce((sum, log) => sum + (log.spend ?? 0), 0)).toBeCloseTo(0.144, 9);
      expect(await spend.logs({ ...filter, page_size: 2 })).toMatchObject({ total: 3, total_pages: 2 });
      const requests = async () => (await spend.dailyActivity('user', filter)).results[0]?.metrics.api_requests;
      await expect.poll(requests, { timeout: 30_000 }).toBe(3);
      const [day] = (await spend.dailyActivity('user', filter)).results;
      expect(day?.breakdown.api_keys[made.token_id]?.metrics.spend).toBeCloseTo(0.144, 9);
      await keys.delete([made.token_id]);
    });

    test('health: version, readiness and liveliness', async () => {
      const { health } = opened.client;
      expect(await health.version()).toBe(proxy.version);
      expect(await health.readiness()).toMatchObject({ db: 'connected' });
      await health.liveliness();
    });
  });
}

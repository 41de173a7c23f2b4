import type { LiteLlmClient } from '../../src/index.ts';
import { collect } from './collect.ts';

export interface Call {
  name: string;
  /** As /openapi.json names it. */
  route: string;
  /** Whether it is sent again after a 5xx. */
  repeats: boolean;
  call(client: LiteLlmClient): Promise<unknown>;
}

const hash = 'b'.repeat(64);
const models = ['m'] as const;
export const period = {
  start_date: new Date('2026-11-20T23:30:15.900Z'),
  end_date: new Date('2026-11-21T00:00:00Z'),
};

const again = (name: string, route: string, call: Call['call']): Call => ({ name, route, repeats: true, call });
const once = (name: string, route: string, call: Call['call']): Call => ({ name, route, repeats: false, call });

/** Every call that the client can make, each of its methods once or more. */
export const allCalls: Call[] = [
  once('keys.generate', 'POST /key/generate', ({ keys }) => keys.generate({ models })),
  once('keys.generateForServiceAccount', 'POST /key/service-account/generate', ({ keys }) =>
    keys.generateForServiceAccount({ team_id: 't', models }),
  ),
  again('keys.update', 'POST /key/update', ({ keys }) => keys.update(hash, { rpm_limit: 1 })),
  again('keys.bulkUpdate', 'POST /key/bulk_update', ({ keys }) => keys.bulkUpdate([{ key: hash, max_budget: 1 }])),
  again('keys.delete', 'POST /key/delete', ({ keys }) => keys.delete([hash])),
  again('keys.deleteByAlias', 'POST /key/delete', ({ keys }) => keys.deleteByAlias(['a'])),
  again('keys.info', 'GET /key/info', ({ keys }) => keys.info(hash)),
  again('keys.list', 'GET /key/list', ({ keys }) => keys.list()),
  again('keys.pages', 'GET /key/list', ({ keys }) => collect(keys.pages())),
  again('keys.all', 'GET /key/list', ({ keys }) => collect(keys.all())),
  again('keys.aliases', 'GET /key/aliases', ({ keys }) => keys.aliases()),
  again('keys.allAliases', 'GET /key/aliases', ({ keys }) => collect(keys.allAliases())),
  again('keys.block', 'POST /key/block', ({ keys }) => keys.block(hash)),
  again('keys.unblock', 'POST /key/unblock', ({ keys }) => keys.unblock(hash)),
  once('keys.resetSpend', 'POST /key/{key}/reset_spend', ({ keys }) => keys.resetSpend(hash, 0)),
  once('users.create', 'POST /user/new', ({ users }) => users.create({ user_id: 'u' })),
  again('users.update', 'POST /user/update', ({ users }) => users.update({ user_id: 'u' })),
  again('users.info', 'GET /user/info', ({ users }) => users.info('u')),
  again('users.list', 'GET /user/list', ({ users }) => users.list()),
  again('users.all', 'GET /user/list', ({ users }) => collect(users.all())),
  again('users.delete', 'POST /user/delete', ({ users }) => users.delete(['u'])),
  once('teams.create', 'POST /team/new', ({ teams }) => teams.create({ team_alias: 't' })),
  again('teams.info', 'GET /team/info', ({ teams }) => teams.info('t')),
  again('teams.list', 'GET /v2/team/list', ({ teams }) => teams.list()),
  again('teams.all', 'GET /v2/team/list', ({ teams }) => collect(teams.all())),
  again('teams.update', 'POST /team/update', ({ teams }) => teams.update({ team_id: 't', max_budget: null })),
  again('teams.delete', 'POST /team/delete', ({ teams }) => teams.delete(['t'])),
  once('teams.addMember', 'POST /team/member_add', ({ teams }) => teams.addMember('t', { user_id: 'u' })),
  again('teams.removeMember', 'POST /team/member_delete', ({ teams }) => teams.removeMember('t', 'u')),
  again('teams.block', 'POST /team/block', ({ teams }) => teams.block('t')),
  again('teams.unblock', 'POST /team/unblock', ({ teams }) => teams.unblock('t')),
  once('organizations.create', 'POST /organization/new', ({ organizations }) =>
    organizations.create({ organization_alias: 'o' }),
  ),
  again('organizations.info', 'GET /organization/info', ({ organizations }) => organizations.info('o')),
  again('organizations.list', 'GET /organization/list', ({ organizations }) => organizations.list()),
  again('organizations.update', 'PATCH /organization/update', ({ organizations }) =>
    organizations.update({ organization_id: 'o' }),
  ),
  again('organizations.delete', 'DELETE /organization/delete', ({ organizations }) => organizations.delete(['o'])),
  once('budgets.create', 'POST /budget/new', ({ budgets }) => budgets.create({ max_budget: 1 })),
  again('budgets.update', 'POST /budget/update', ({ budgets }) => budgets.update({ budget_id: 'b' })),
  again('budgets.info', 'POST /budget/info', ({ budgets }) => budgets.info(['b'])),
  again('budgets.list', 'GET /budget/list', ({ budgets }) => budgets.list()),
  again('budgets.delete', 'POST /budget/delete', ({ budgets }) => budgets.delete('b')),
  once('customers.create', 'POST /customer/new', ({ customers }) => customers.create({ user_id: 'c' })),
  again('customers.update', 'POST /customer/update', ({ customers }) => customers.update({ user_id: 'c' })),
  again('customers.info', 'GET /customer/info', ({ customers }) => customers.info('c')),
  again('customers.list', 'GET /customer/list', ({ customers }) => customers.list()),
  again('customers.delete', 'POST /customer/delete', ({ customers }) => customers.delete(['c'])),
  again('customers.block', 'POST /customer/block', ({ customers }) => customers.block(['c'])),
  again('customers.unblock', 'POST /customer/unblock', ({ customers }) => customers.unblock(['c'])),
  again('spend.logs', 'GET /spend/logs/v2', ({ spend }) => spend.logs(period)),
  again('spend.allLogs', 'GET /spend/logs/v2', ({ spend }) => collect(spend.allLogs(period))),
  again('spend.dailyActivity', 'GET /user/daily/activity', ({ spend }) => spend.dailyActivity('user', period)),
  again('spend.dailyActivity', 'GET /team/daily/activity', ({ spend }) => spend.dailyActivity('team', period)),
  again('spend.dailyActivity', 'GET /customer/daily/activity', ({ spend }) => spend.dailyActivity('customer', period)),
  again('models.list', 'GET /v1/models', ({ models }) => models.list()),
  again('models.info', 'GET /model/info', ({ models }) => models.info()),
  again('health.readiness', 'GET /health/readiness', ({ health }) => health.readiness()),
  again('health.liveliness', 'GET /health/liveliness', ({ health }) => health.liveliness()),
  again('health.contract', 'GET /openapi.json', ({ health }) => health.contract()),
  again('health.version', 'GET /openapi.json', ({ health }) => health.version()),
  again('health.customKeysDisabled', 'GET /get/ui_settings', ({ health }) => health.customKeysDisabled()),
];

import { json } from '../http/answers.ts';
import { type Call, numberOf, queryFields, textOf } from '../http/call.ts';
import { detailError } from '../http/errors.ts';
import type { FieldSpecs } from '../http/fields.ts';
import { toUsd } from '../money.ts';
import { tokenOf } from '../secrets.ts';
import { dayOf } from './days.ts';
import { reportedModel, type SpendLog } from './spend-log.ts';

/** Parameters of the four routes. */
export const dailyActivityParameters: FieldSpecs = {
  start_date: { type: 'string' },
  end_date: { type: 'string' },
  model: { type: 'string' },
  api_key: { type: 'string' },
  user_id: { type: 'string' },
  team_ids: { type: 'string' },
  organization_ids: { type: 'string' },
  end_user_ids: { type: 'string' },
  page: { type: 'integer', minimum: 1 },
  page_size: { type: 'integer', minimum: 1, maximum: 1000 },
};

interface Sums {
  spend: bigint;
  promptTokens: number;
  completionTokens: number;
  successes: number;
  failures: number;
}

function sum(logs: readonly SpendLog[]): Sums {
  const sums: Sums = { spend: 0n, promptTokens: 0, completionTokens: 0, successes: 0, failures: 0 };
  for (const log of logs) {
    sums.spend += log.spend;
    sums.promptTokens += log.promptTokens;
    sums.completionTokens += log.completionTokens;
    sums[log.error ? 'failures' : 'successes'] += 1;
  }
  return sums;
}

function metrics(logs: readonly SpendLog[]): Record<string, number> {
  const { spend, promptTokens, completionTokens, successes, failures } = sum(logs);
  return {
    spend: toUsd(spend),
    prompt_tokens: promptTokens,
    completion_tokens: completionTokens,
    cache_read_input_tokens: 0,
    cache_creation_input_tokens: 0,
    total_tokens: promptTokens + completionTokens,
    successful_requests: successes,
    failed_requests: failures,
    api_requests: successes + failures,
  };
}

function grouped(logs: readonly SpendLog[], nameOf: (log: SpendLog) => string | null): Map<string, SpendLog[]> {
  const groups = new Map<string, SpendLog[]>();
  for (const log of logs) {
    const name = nameOf(log);
    if (name === null || name === '') continue;
    const group = groups.get(name);
    if (group) group.push(log);
    else groups.set(name, [log]);
  }
  return groups;
}

function byKey(call: Call, logs: readonly SpendLog[]): Record<string, unknown> {
  const groups = grouped(logs, (log) => log.token);
  return Object.fromEntries(
    [...groups].map(([token, own]) => {
      const [first] = own;
      const metadata = {
        key_alias: first?.keyAlias ?? null,
        team_id: first?.teamId ?? null,
        user_id: first?.userId ?? null,
        key_exists: call.proxy.state.keys.has(token),
      };
      return [token, { metrics: metrics(own), metadata }];
    }),
  );
}

function breakdown(call: Call, logs: readonly SpendLog[]): Record<string, unknown> {
  const by = (nameOf: (log: SpendLog) => string | null) =>
    Object.fromEntries(
      [...grouped(logs, nameOf)].map(([name, own]) => [
        name,
        { metrics: metrics(own), metadata: {}, api_key_breakdown: byKey(call, own) },
      ]),
    );
  return {
    mcp_servers: {},
    models: by(reportedModel),
    model_groups: by((log) => log.modelGroup),
    providers: by((log) => log.provider),
    api_keys: byKey(call, logs),
    entities: {},
  };
}

/** Which column of a log the route is about, under the query parameter that filters it. */
type Entity = { parameter: string; of: (log: SpendLog) => string | null };

function found(call: Call, query: Record<string, unknown>, entity: Entity, start: string, end: string): SpendLog[] {
  const ids = textOf(query, entity.parameter)?.split(',');
  const key = textOf(query, 'api_key');
  const token = key && tokenOf(key);
  const model = textOf(query, 'model');
  const own = call.caller.role === 'proxy_admin' ? null : call.caller.userId;
  return call.proxy.state.spendLogs.filter((log) => {
    const day = dayOf(log.startTime);
    return (
      day >= start &&
      day <= end &&
      (!ids || ids.includes(entity.of(log) ?? '')) &&
      (token === null || log.token === token) &&
      (model === null || reportedModel(log) === model) &&
      (own === null || log.userId === own)
    );
  });
}

function activity(call: Call, entity: Entity): Response {
  const query = queryFields(call, dailyActivityParameters);
  const [start, end] = [textOf(query, 'start_date'), textOf(query, 'end_date')];
  if (start === null || end === null) throw detailError(400, { error: 'Please provide start_date and end_date' });
  const logs = found(call, query, entity, start, end);
  const days = [...grouped(logs, (log) => dayOf(log.startTime))].sort(([a], [b]) => (a < b ? 1 : -1));
  const [page, size] = [numberOf(query, 'page') ?? 1, numberOf(query, 'page_size') ?? 50];
  const pages = Math.ceil(days.length / size);
  const totals = Object.entries(metrics(logs)).map(([name, value]) => [name.replace(/^(?!total_)/, 'total_'), value]);
  return json({
    results: days
      .slice((page - 1) * size, page * size)
      .map(([date, own]) => ({ date, metrics: metrics(own), breakdown: breakdown(call, own) })),
    metadata: { ...Object.fromEntries(totals), page, total_pages: pages, has_more: page < pages },
  });
}

/** GET /user/daily/activity */
export const userDailyActivity = (call: Call) => activity(call, { parameter: 'user_id', of: (log) => log.userId });

/** GET /team/daily/activity */
export const teamDailyActivity = (call: Call) => activity(call, { parameter: 'team_ids', of: (log) => log.teamId });

/** GET /organization/daily/activity */
export const organizationDailyActivity = (call: Call) =>
  activity(call, { parameter: 'organization_ids', of: (log) => log.organizationId });

/** GET /customer/daily/activity */
export const customerDailyActivity = (call: Call) =>
  activity(call, { parameter: 'end_user_ids', of: (log) => log.customerId });

import { json } from '../http/answers.ts';
import { type Call, numberOf, queryFields, textOf } from '../http/call.ts';
import { detailError, namedError } from '../http/errors.ts';
import type { FieldSpecs } from '../http/fields.ts';
import { toUsd } from '../money.ts';
import { tokenOf } from '../secrets.ts';
import { dayOf, daysBetween } from './days.ts';
import { reportedModel, type SpendLog, spendLogBody } from './spend-log.ts';

const filters: FieldSpecs = {
  api_key: { type: 'string' },
  user_id: { type: 'string' },
  request_id: { type: 'string' },
  start_date: { type: 'string' },
  end_date: { type: 'string' },
};

/** Parameters of GET /spend/logs. */
export const spendLogParameters: FieldSpecs = { ...filters, summarize: { type: 'boolean' } };

/** Parameters of GET /spend/logs/v2. */
export const spendLogPageParameters: FieldSpecs = {
  ...filters,
  team_id: { type: 'string' },
  session_id: { type: 'string' },
  key_alias: { type: 'string' },
  end_user: { type: 'string' },
  model: { type: 'string' },
  model_group: { type: 'string' },
  status_filter: { type: 'string', oneOf: ['success', 'failure'] },
  min_spend: { type: 'number' },
  max_spend: { type: 'number' },
  error_code: { type: 'string' },
  sort_by: { type: 'string' },
  sort_order: { type: 'string' },
  page: { type: 'integer', minimum: 1 },
  page_size: { type: 'integer', minimum: 1, maximum: 1000 },
};

/** Rows of the caller, or of all for an admin, that the text filters let through. */
function visible(call: Call, query: Record<string, unknown>): SpendLog[] {
  const { role, userId } = call.caller;
  const key = textOf(query, 'api_key');
  const asked: [string | null, (log: SpendLog) => string | null][] = [
    [role === 'proxy_admin' ? null : userId, (log) => log.userId],
    [key && tokenOf(key), (log) => log.token],
    [textOf(query, 'user_id'), (log) => log.userId],
    [textOf(query, 'team_id'), (log) => log.teamId],
    [textOf(query, 'request_id'), (log) => log.requestId],
    [textOf(query, 'session_id'), (log) => log.requestId],
    [textOf(query, 'key_alias'), (log) => log.keyAlias],
    [textOf(query, 'end_user'), (log) => log.customerId],
    [textOf(query, 'model'), reportedModel],
    [textOf(query, 'model_group'), (log) => log.modelGroup],
    [textOf(query, 'status_filter'), (log) => (log.error ? 'failure' : 'success')],
    [textOf(query, 'error_code'), (log) => log.error?.code ?? null],
  ];
  return call.proxy.state.spendLogs.filter((log) =>
    asked.every(([wanted, of]) => wanted === null || of(log) === wanted),
  );
}

/** A time of the query, in UTC: `YYYY-MM-DD HH:MM:SS` or a day. */
function timeOf(text: string): Date {
  const time = new Date(`${text.replace(' ', 'T')}${text.length > 10 ? '' : 'T00:00:00'}Z`);
  if (!Number.isNaN(time.getTime())) return time;
  throw detailError(400, { error: `Invalid date format: ${text}. Use YYYY-MM-DD HH:MM:SS` });
}

function summary(logs: readonly SpendLog[], start: string, end: string): unknown[] {
  return daysBetween(start, end).map((day) => {
    const sums = { spend: 0n, users: new Map<string, bigint>(), models: new Map<string, bigint>() };
    const keys = new Map<string, bigint>();
    for (const log of logs) {
      if (dayOf(log.startTime) !== day) continue;
      sums.spend += log.spend;
      const rows: [Map<string, bigint>, string][] = [
        [keys, log.token],
        [sums.users, log.userId ?? ''],
        [sums.models, reportedModel(log)],
      ];
      for (const [map, name] of rows) map.set(name, (map.get(name) ?? 0n) + log.spend);
    }
    const inUsd = (map: Map<string, bigint>) =>
      Object.fromEntries([...map].map(([name, nano]) => [name, toUsd(nano)] as const));
    const { spend, users, models } = sums;
    return { ...inUsd(keys), startTime: day, spend: toUsd(spend), users: inUsd(users), models: inUsd(models) };
  });
}

/** GET /spend/logs: newest first, unpaged; with dates one sum per day unless `summarize=false`. */
export function spendLogs(call: Call): Response {
  const query = queryFields(call, spendLogParameters);
  const [start, end] = [textOf(query, 'start_date'), textOf(query, 'end_date')];
  const logs = visible(call, query);
  if (start === null || end === null) return json(logs.reverse().map(spendLogBody));
  const [from, to] = [timeOf(start.slice(0, 10)), new Date(timeOf(end.slice(0, 10)).getTime() + 86_400_000)];
  const within = logs.filter((log) => log.startTime >= from && log.startTime < to);
  if (query.summarize === false) return json(within.reverse().map(spendLogBody));
  return json(summary(within, start.slice(0, 10), end.slice(0, 10)));
}

const sortValues: Record<string, (log: SpendLog) => number | bigint | string> = {
  spend: (log) => log.spend,
  total_tokens: (log) => log.promptTokens + log.completionTokens,
  startTime: (log) => log.startTime.getTime(),
  endTime: (log) => log.endTime.getTime(),
};

/** GET /spend/logs/v2: a page of rows, failures included. */
export function spendLogPage(call: Call): Response {
  const query = queryFields(call, spendLogPageParameters);
  const [start, end] = [textOf(query, 'start_date'), textOf(query, 'end_date')];
  if (start === null || end === null) {
    throw namedError(400, 'bad_request', 'Start date and end date are required', call.proxy.profile.authParam);
  }
  const [from, to] = [timeOf(start), timeOf(end)];
  const [least, most] = [numberOf(query, 'min_spend'), numberOf(query, 'max_spend')];
  const found = visible(call, query).filter(
    (log) =>
      log.startTime >= from &&
      log.startTime <= to &&
      (least === null || toUsd(log.spend) >= least) &&
      (most === null || toUsd(log.spend) <= most),
  );
  const value = sortValues[textOf(query, 'sort_by') ?? 'startTime'];
  if (!value)
    throw detailError(400, { error: `Invalid sort_by. Must be one of: ${Object.keys(sortValues).join(', ')}` });
  found.sort((a, b) => (value(a) < value(b) ? -1 : value(a) > value(b) ? 1 : 0));
  if (query.sort_order !== 'asc') found.reverse();
  const [page, size] = [numberOf(query, 'page') ?? 1, numberOf(query, 'page_size') ?? 50];
  return json({
    data: found.slice((page - 1) * size, page * size).map(spendLogBody),
    total: found.length,
    page,
    page_size: size,
    total_pages: Math.ceil(found.length / size),
  });
}

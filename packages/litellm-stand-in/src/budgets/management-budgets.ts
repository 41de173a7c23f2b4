import { json } from '../http/answers.ts';
import { type Call, numberOf, queryFields, textOf } from '../http/call.ts';
import type { FieldSpecs } from '../http/fields.ts';
import { problem } from '../http/problem.ts';
import { isoFormat } from '../python.ts';
import type { BudgetRow } from './budget-row.ts';

const path = '/management/v1/budgets';

/** Parameters of GET /management/v1/budgets. */
export const managementBudgetParameters: FieldSpecs = {
  'filter[budget_duration][in]': { type: 'string' },
  'filter[budget_duration][is_null]': { type: 'boolean' },
  'filter[created_at][gte]': { type: 'string' },
  'filter[created_at][lte]': { type: 'string' },
  'filter[max_budget][gte]': { type: 'number' },
  'filter[max_budget][is_null]': { type: 'boolean' },
  'filter[max_budget][lte]': { type: 'number' },
  page: { type: 'integer', minimum: 1 },
  page_size: { type: 'integer', minimum: 1, maximum: 100 },
  q: { type: 'string' },
  sort: { type: 'string' },
};

function refuseUnknown(call: Call): void {
  const allowed = Object.keys(managementBudgetParameters);
  const unknown = [...call.query.keys()].filter((name) => !allowed.includes(name));
  if (unknown.length === 0) return;
  const detail = `Unrecognized query parameter(s): ${unknown.join(', ')}.`;
  throw problem(400, 'unknown-query-parameter', 'Unknown query parameter', detail, { allowed });
}

function matches(row: BudgetRow, query: Record<string, unknown>): boolean {
  const { max_budget: budget, budget_duration: duration } = row.fields;
  const [least, most] = [numberOf(query, 'filter[max_budget][gte]'), numberOf(query, 'filter[max_budget][lte]')];
  const [from, to] = [textOf(query, 'filter[created_at][gte]'), textOf(query, 'filter[created_at][lte]')];
  const durations = textOf(query, 'filter[budget_duration][in]')?.split(',');
  const isNull = (value: unknown, wanted: unknown) => typeof wanted !== 'boolean' || (value === null) === wanted;
  return (
    (least === null || (budget !== null && budget >= least)) &&
    (most === null || (budget !== null && budget <= most)) &&
    (from === null || row.createdAt >= new Date(from)) &&
    (to === null || row.createdAt <= new Date(to)) &&
    (!durations || (duration !== null && durations.includes(duration))) &&
    isNull(budget, query['filter[max_budget][is_null]']) &&
    isNull(duration, query['filter[budget_duration][is_null]']) &&
    row.budgetId.toLowerCase().includes((textOf(query, 'q') ?? '').toLowerCase())
  );
}

function resource(row: BudgetRow): Record<string, unknown> {
  const { max_budget, soft_budget, tpm_limit, rpm_limit, budget_duration } = row.fields;
  return {
    budget_id: row.budgetId,
    max_budget,
    soft_budget,
    tpm_limit,
    rpm_limit,
    budget_duration,
    budget_reset_at: row.budgetResetAt && isoFormat(row.budgetResetAt),
    created_at: isoFormat(row.createdAt),
    updated_at: isoFormat(row.updatedAt),
  };
}

/** GET /management/v1/budgets: newest first; parameters that it does not know are refused. */
export function managementBudgets(call: Call): Response {
  refuseUnknown(call);
  const query = queryFields(call, managementBudgetParameters);
  const found = [...call.proxy.state.budgets.values()].reverse().filter((row) => matches(row, query));
  const [page, size] = [numberOf(query, 'page') ?? 1, numberOf(query, 'page_size') ?? 50];
  const pages = Math.ceil(found.length / size);
  const link = (number: number) => `${path}?page=${number}`;
  return json({
    data: found.slice((page - 1) * size, page * size).map(resource),
    meta: { total_count: found.length, page, page_size: size, total_pages: pages },
    links: {
      self: link(page),
      first: link(1),
      prev: page > 1 ? link(page - 1) : null,
      next: page < pages ? link(page + 1) : null,
      last: link(Math.max(1, pages)),
    },
  });
}

import { refuseBadBudgetRow } from '../budgets/budget-rules.ts';
import { budgetResetOf, createBudget, givenBudget } from '../budgets/create-budget.ts';
import { json } from '../http/answers.ts';
import { bodyFields, type Call, numberOf, queryFields, stringsOf, textOf } from '../http/call.ts';
import { detailError, namedError } from '../http/errors.ts';
import { type FieldSpecs, validationError } from '../http/fields.ts';
import { pythonList } from '../python.ts';
import { type CustomerRow, customerBody, customerFields } from './customer-row.ts';

export const customerIds: FieldSpecs = { user_ids: { type: 'strings', required: true } };
export const customerParameters: FieldSpecs = { end_user_id: { type: 'string', required: true } };

function bodyOf({ proxy: { state, profile } }: Call, row: CustomerRow): unknown {
  return customerBody(row, row.budgetId === null ? undefined : state.budgets.get(row.budgetId), profile);
}

function emptyCustomer(userId: string): CustomerRow {
  const none = { alias: null, budgetId: null, budgetResetAt: null, allowedModelRegion: null, defaultModel: null };
  return { userId, blocked: false, spend: 0n, ...none };
}

function notFound(id: string, param: string): Error {
  return namedError(404, 'not_found', `End User Id=${id} does not exist in db`, param);
}

function readCustomer(call: Call): Record<string, unknown> {
  const given = bodyFields(call, customerFields);
  refuseBadBudgetRow(call, given);
  if (numberOf(given, 'max_budget') === null || textOf(given, 'budget_id') === null) return given;
  const msg = "Value error, Set either 'max_budget' or 'budget_id', not both.";
  throw validationError(call.proxy.profile, [{ type: 'value_error', loc: ['body'], msg, input: given }]);
}

function applyCustomer(call: Call, row: CustomerRow, given: Record<string, unknown>): void {
  const { budgets } = call.proxy.state;
  if ('alias' in given) row.alias = textOf(given, 'alias');
  if (typeof given.blocked === 'boolean') row.blocked = given.blocked;
  if ('allowed_model_region' in given) row.allowedModelRegion = textOf(given, 'allowed_model_region');
  if ('default_model' in given) row.defaultModel = textOf(given, 'default_model');
  const limits = givenBudget(given);
  const own = row.budgetId === null ? undefined : budgets.get(row.budgetId);
  if ('budget_id' in given) row.budgetId = textOf(given, 'budget_id');
  else if (own) own.fields = { ...own.fields, ...limits };
  else if (Object.keys(limits).length > 0) row.budgetId = createBudget(call, limits).budgetId;
  const budget = row.budgetId === null ? undefined : budgets.get(row.budgetId);
  row.budgetResetAt = budget ? budgetResetOf(call, budget.fields) : null;
}

/** POST /customer/new */
export function newCustomer(call: Call): Response {
  const { customers } = call.proxy.state;
  const given = readCustomer(call);
  const id = textOf(given, 'user_id') ?? '';
  if (customers.has(id)) {
    const text = `Customer already exists, passed user_id=${id}. Please pass a new user_id.`;
    throw namedError(400, 'bad_request', text, 'user_id');
  }
  const row = emptyCustomer(id);
  applyCustomer(call, row, given);
  customers.set(id, row);
  return json(bodyOf(call, row));
}

/** POST /customer/update */
export function updateCustomer(call: Call): Response {
  const given = readCustomer(call);
  const id = textOf(given, 'user_id') ?? '';
  const row = call.proxy.state.customers.get(id);
  if (!row) throw notFound(id, 'user_id');
  applyCustomer(call, row, given);
  return json(bodyOf(call, row));
}

/** GET /customer/info */
export function customerInfo(call: Call): Response {
  const id = textOf(queryFields(call, customerParameters), 'end_user_id') ?? '';
  const row = call.proxy.state.customers.get(id);
  if (!row) throw notFound(id, 'end_user_id');
  return json(bodyOf(call, row));
}

/** GET /customer/list: all customers in one bare array. */
export function listCustomers(call: Call): Response {
  return json([...call.proxy.state.customers.values()].map((row) => bodyOf(call, row)));
}

/** POST /customer/block: kept, and shown, and not enforced: model calls with that user go on. */
export function blockCustomers(call: Call): Response {
  const { customers } = call.proxy.state;
  const rows = stringsOf(bodyFields(call, customerIds), 'user_ids').map((id) => {
    const row = customers.get(id) ?? emptyCustomer(id);
    row.blocked = true;
    customers.set(id, row);
    return row;
  });
  return json({ blocked_users: rows.map((row) => bodyOf(call, row)) });
}

/** POST /customer/unblock: an open-source proxy cannot. */
export function unblockCustomers(call: Call): Response {
  bodyFields(call, customerIds);
  const rule =
    'Blocked user check was never set. This call has no effect.' +
    'This uses the enterprise folder - only available on the Docker image.';
  throw detailError(400, { error: rule });
}

/** POST /customer/delete: all or none. */
export function deleteCustomers(call: Call): Response {
  const { customers } = call.proxy.state;
  const ids = stringsOf(bodyFields(call, customerIds), 'user_ids');
  const missing = ids.filter((id) => !customers.has(id));
  if (missing.length > 0) {
    throw namedError(404, 'not_found', `End User Id(s)=${missing.join(', ')} do not exist in db`, 'user_ids');
  }
  for (const id of ids) customers.delete(id);
  const message = `Successfully deleted customers with ids: ${pythonList(ids)}`;
  return json({ deleted_customers: ids.length, message });
}

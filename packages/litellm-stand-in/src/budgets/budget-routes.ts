import { parseDuration } from '../durations.ts';
import { crashed, json } from '../http/answers.ts';
import { actorOf, bodyFields, type Call, queryFields, stringsOf, textOf } from '../http/call.ts';
import { detailError } from '../http/errors.ts';
import type { FieldSpecs } from '../http/fields.ts';
import { budgetColumns, budgetRowBody, initialBudgetFields } from './budget-row.ts';
import { refuseBadBudgetRow } from './budget-rules.ts';
import { budgetResetOf, createBudget, givenBudget } from './create-budget.ts';

/** What /budget/new and /budget/update read. */
export const budgetFields: FieldSpecs = { ...budgetColumns, budget_id: { type: 'string' } };

const list: FieldSpecs = { budgets: { type: 'strings', required: true } };
const one: FieldSpecs = { id: { type: 'string', required: true } };
const asked: FieldSpecs = { budget_id: { type: 'string', required: true } };

export const budgetBodies = { list, one, asked };

/** POST /budget/new */
export function newBudget(call: Call): Response {
  const { profile, state } = call.proxy;
  const given = bodyFields(call, budgetFields);
  refuseBadBudgetRow(call, given);
  const [id, duration] = [textOf(given, 'budget_id'), textOf(given, 'budget_duration')];
  const isTaken = id !== null && state.budgets.has(id);
  if (!profile.checksBudgets && (isTaken || (duration !== null && !parseDuration(duration)))) return crashed();
  if (isTaken) {
    throw detailError(400, { error: `Budget with id '${id}' already exists.` });
  }
  return json(budgetRowBody(createBudget(call, givenBudget(given), id ?? undefined)));
}

/** POST /budget/update: an id that does not exist is null, with 200. */
export function updateBudget(call: Call): Response {
  const given = bodyFields(call, budgetFields);
  const id = textOf(given, 'budget_id');
  if (id === null) throw detailError(400, { error: 'budget_id is required' });
  refuseBadBudgetRow(call, given);
  const row = call.proxy.state.budgets.get(id);
  if (!row) return json(null);
  const before = row.fields.budget_duration;
  row.fields = { ...row.fields, ...givenBudget(given) };
  if (row.fields.budget_duration !== before) row.budgetResetAt = budgetResetOf(call, row.fields);
  row.updatedAt = call.proxy.now();
  row.updatedBy = actorOf(call);
  return json(budgetRowBody(row));
}

/** POST /budget/info: the budgets asked for that exist. */
export function budgetInfo(call: Call): Response {
  const ids = stringsOf(bodyFields(call, list), 'budgets');
  if (ids.length === 0) throw detailError(400, { error: "Specify list of budget id's to query. Passed in=[]" });
  return json(ids.flatMap((id) => call.proxy.state.budgets.get(id) ?? []).map(budgetRowBody));
}

/** GET /budget/list */
export function listBudgets({ proxy }: Call): Response {
  return json([...proxy.state.budgets.values()].map(budgetRowBody));
}

const settingTypes = { string: 'String', number: 'Float', integer: 'Integer', object: 'Object' };

/** GET /budget/settings: the columns of a budget, as the dashboard edits them. */
export function budgetSettings(call: Call): Response {
  const id = textOf(queryFields(call, asked), 'budget_id') ?? '';
  const fields = call.proxy.state.budgets.get(id)?.fields ?? initialBudgetFields();
  const settings = Object.entries(budgetColumns).map(([name, { type }]) => ({
    field_name: name,
    field_type: settingTypes[type],
    field_value: fields[name],
    stored_in_db: true,
    field_default_value: null,
    premium_field: false,
    nested_fields: null,
  }));
  return json(settings);
}

/** POST /budget/delete: keys that used it have no budget of it any more. An unknown id is null, with 200. */
export function deleteBudget(call: Call): Response {
  const { state } = call.proxy;
  const id = textOf(bodyFields(call, one), 'id') ?? '';
  const row = state.budgets.get(id);
  if (!row) return json(null);
  state.budgets.delete(id);
  return json(budgetRowBody(row));
}

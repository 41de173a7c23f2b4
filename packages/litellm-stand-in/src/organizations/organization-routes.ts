import { randomUUID } from 'node:crypto';
import { refuseBadBudgetRow } from '../budgets/budget-rules.ts';
import { createBudget, givenBudget } from '../budgets/create-budget.ts';
import { json } from '../http/answers.ts';
import { actorOf, bodyFields, type Call, isObject, queryFields, stringsOf, textOf } from '../http/call.ts';
import { detailError } from '../http/errors.ts';
import type { FieldSpecs } from '../http/fields.ts';
import { licenceError } from '../http/licence.ts';
import { type OrganizationRow, organizationBody, organizationFields } from './organization-row.ts';

export const newOrganizationFields: FieldSpecs = {
  ...organizationFields,
  organization_alias: { type: 'string', required: true },
};
export const organizationIds: FieldSpecs = { organization_ids: { type: 'strings', required: true } };
export const organizationParameters: FieldSpecs = { organization_id: { type: 'string', required: true } };
export const organizationListParameters: FieldSpecs = { org_id: { type: 'string' }, org_alias: { type: 'string' } };

/** Newer releases refuse every route of organizations without a licence, before they read the body. */
function requireLicence({ proxy: { profile } }: Call): void {
  if (!profile.organizationsNeedLicence) return;
  throw licenceError(403, 'Organizations are only available for LiteLLM Enterprise users.');
}

function bodyOf({ proxy: { state } }: Call, row: OrganizationRow): Record<string, unknown> {
  return organizationBody(row, state.budgets.get(row.budgetId));
}

/** POST /organization/new: the budget fields go into a budget of its own. */
export function newOrganization(call: Call): Response {
  requireLicence(call);
  const { state, now } = call.proxy;
  const given = bodyFields(call, newOrganizationFields);
  refuseBadBudgetRow(call, given);
  const row: OrganizationRow = {
    organizationId: textOf(given, 'organization_id') ?? randomUUID(),
    alias: textOf(given, 'organization_alias') ?? '',
    models: stringsOf(given, 'models'),
    metadata: isObject(given.metadata) ? given.metadata : {},
    budgetId: textOf(given, 'budget_id') ?? createBudget(call, givenBudget(given)).budgetId,
    spend: 0n,
    createdAt: now(),
    updatedAt: now(),
    createdBy: actorOf(call),
    updatedBy: actorOf(call),
  };
  state.organizations.set(row.organizationId, row);
  const { members: _, teams: __, ...body } = bodyOf(call, row);
  return json(body);
}

/** GET /organization/info */
export function organizationInfo(call: Call): Response {
  requireLicence(call);
  const id = textOf(queryFields(call, organizationParameters), 'organization_id') ?? '';
  const row = call.proxy.state.organizations.get(id);
  if (!row) throw detailError(404, { error: 'Organization not found' });
  return json(bodyOf(call, row));
}

/** GET /organization/list: an admin sees all; others see none, because the stand-in has no members of organizations. */
export function listOrganizations(call: Call): Response {
  requireLicence(call);
  const query = queryFields(call, organizationListParameters);
  const [id, alias] = [textOf(query, 'org_id'), textOf(query, 'org_alias')?.toLowerCase()];
  const rows = call.caller.role === 'proxy_admin' ? [...call.proxy.state.organizations.values()] : [];
  const found = rows.filter(
    (row) =>
      (id === null || row.organizationId === id) && (alias === undefined || row.alias.toLowerCase().includes(alias)),
  );
  return json(found.map((row) => bodyOf(call, row)));
}

/** PATCH /organization/update */
export function updateOrganization(call: Call): Response {
  requireLicence(call);
  const { state, now } = call.proxy;
  const given = bodyFields(call, organizationFields);
  refuseBadBudgetRow(call, given);
  const row = state.organizations.get(textOf(given, 'organization_id') ?? '');
  if (!row) throw detailError(404, { error: 'Organization not found' });
  row.alias = textOf(given, 'organization_alias') ?? row.alias;
  if (Array.isArray(given.models)) row.models = stringsOf(given, 'models');
  if (isObject(given.metadata)) row.metadata = given.metadata;
  const budget = state.budgets.get(row.budgetId);
  if (budget) budget.fields = { ...budget.fields, ...givenBudget(given) };
  row.updatedAt = now();
  row.updatedBy = actorOf(call);
  return json(bodyOf(call, row));
}

/** DELETE /organization/delete: all or none. */
export function deleteOrganizations(call: Call): Response {
  requireLicence(call);
  const { organizations } = call.proxy.state;
  const rows = stringsOf(bodyFields(call, organizationIds), 'organization_ids').map((id) => {
    const row = organizations.get(id);
    if (!row) throw detailError(404, { error: `Organization=${id} not found` });
    return row;
  });
  for (const row of rows) organizations.delete(row.organizationId);
  return json(rows.map((row) => bodyOf(call, row)));
}

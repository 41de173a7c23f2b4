import { json } from '../http/answers.ts';
import { bodyFields, type Call, isObject, numberOf, stringsOf, textOf } from '../http/call.ts';
import { detailError, ProxyError } from '../http/errors.ts';
import { type FieldSpecs, readFields, validationError } from '../http/fields.ts';
import { findKey } from './find-key.ts';
import { keyColumns, metadataFields } from './key-columns.ts';
import { type KeyRow, keyRowBody, keyStatus } from './key-row.ts';
import { applyUpdate } from './update-key.ts';

/** Keys that one call may change. */
const mostKeys = 500;

/** Body of POST /key/bulk_update. */
export const bulkUpdateFields: FieldSpecs = { keys: { type: 'list', required: true } };

/** Body of POST /team/key/bulk_update. */
export const teamBulkUpdateFields: FieldSpecs = {
  team_id: { type: 'string', required: true },
  update_fields: { type: 'object', required: true },
  key_ids: { type: 'strings' },
  all_keys_in_team: { type: 'boolean' },
};

const itemFields: FieldSpecs = {
  budget_id: keyColumns.budget_id,
  max_budget: keyColumns.max_budget,
  team_id: keyColumns.team_id,
  tags: metadataFields.tags,
  object_permission: keyColumns.object_permission,
};

const teamItemFields: FieldSpecs = {
  ...metadataFields,
  max_budget: keyColumns.max_budget,
  budget_id: keyColumns.budget_id,
  budget_duration: keyColumns.budget_duration,
  budget_limits: keyColumns.budget_limits,
  tpm_limit: keyColumns.tpm_limit,
  rpm_limit: keyColumns.rpm_limit,
  max_parallel_requests: keyColumns.max_parallel_requests,
  metadata: keyColumns.metadata,
  duration: { type: 'string' },
};

interface Item {
  /** As it was sent: failed updates repeat it, secrets included. */
  key: string;
  row: KeyRow | undefined;
  missing: string;
  given: Record<string, unknown>;
}

type Outcome = { key: string; key_info: unknown; failed_reason?: string };

function outcomeOf(call: Call, { key, row, missing, given }: Item): Outcome {
  if (!row) return { key, key_info: null, failed_reason: missing };
  try {
    applyUpdate(call, row, given);
    return { key, key_info: keyRowBody(row, call.proxy) };
  } catch (error) {
    if (!(error instanceof ProxyError)) throw error;
    return { key, key_info: keyRowBody(row, call.proxy), failed_reason: reasonOf(error) };
  }
}

/** The message without its Python wrapping. */
function reasonOf({ message }: Error): string {
  return /^\{'error': ['"](.*)['"]\}$/s.exec(message)?.[1] ?? message;
}

function answer(call: Call, items: readonly Item[]): Response {
  const outcomes = items.map((item) => outcomeOf(call, item));
  return json({
    total_requested: items.length,
    successful_updates: outcomes.filter((outcome) => outcome.failed_reason === undefined),
    failed_updates: outcomes.filter((outcome) => outcome.failed_reason !== undefined),
  });
}

function refuseTooMany(count: number): void {
  if (count <= mostKeys) return;
  throw detailError(400, { error: `Maximum ${mostKeys} keys can be updated at once. Found ${count} keys.` });
}

function readItem(call: Call, item: unknown, index: number): Item {
  const { profile } = call.proxy;
  const fields = isObject(item) ? item : {};
  const key = textOf(fields, 'key');
  if (key === null) {
    const issue = { type: 'missing', loc: ['body', 'keys', index, 'key'], msg: 'Field required', input: item };
    throw validationError(profile, [issue]);
  }
  const given = readFields(fields, itemFields, 'body', profile);
  return { key, row: findKey(call, key), missing: 'Key not found.', given };
}

/** POST /key/bulk_update: each key succeeds or fails for itself. */
export function bulkUpdateKeys(call: Call): Response {
  const sent = bodyFields(call, bulkUpdateFields).keys;
  const items = Array.isArray(sent) ? sent : [];
  const read = items.map((item, index) => readItem(call, item, index));
  if (call.caller.role !== 'proxy_admin') {
    throw detailError(403, { error: 'Only proxy admins can perform bulk key updates' });
  }
  if (items.length === 0) throw detailError(400, { error: 'No keys provided for update' });
  refuseTooMany(items.length);
  return answer(call, read);
}

/** POST /team/key/bulk_update: the same change for keys of one team; "all" leaves out blocked and expired ones. */
export function bulkUpdateTeamKeys(call: Call): Response {
  const { state, profile, now } = call.proxy;
  const sent = bodyFields(call, teamBulkUpdateFields);
  const team = textOf(sent, 'team_id') ?? '';
  if (!state.teams.has(team)) throw detailError(404, { error: `Team not found, passed team_id=${team}` });
  const update = isObject(sent.update_fields) ? sent.update_fields : {};
  const given = readFields(update, teamItemFields, 'body', profile);
  if (numberOf(given, 'max_budget') === null && Object.keys(given).length === 0) {
    throw detailError(400, { error: 'No fields provided for update' });
  }
  const keys = sent.all_keys_in_team === true ? activeKeys() : stringsOf(sent, 'key_ids');
  refuseTooMany(keys.length);
  const missing = `Key not found in team ${team}`;
  const items = keys.map((key): Item => {
    const row = findKey(call, key);
    return { key, row: row?.fields.team_id === team ? row : undefined, missing, given };
  });
  return answer(call, items);

  function activeKeys(): string[] {
    const rows = state.keys.ofTeam(team).filter((row) => keyStatus(row, now()) === 'active');
    return rows.map((row) => row.token);
  }
}

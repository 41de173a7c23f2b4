import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { deserialize, serialize } from 'node:v8';
import { KeyTable } from './database/key-table.ts';
import { initialKeyFields, type KeyRow } from './keys/key-row.ts';
import { emptyState, type State } from './state.ts';
import { initialUserFields } from './users/user-row.ts';

/** Marks the files of this package, and the form of what is in them. */
const form = 'litellm-stand-in/1';

/** The state as the file has it: the key table is a plain map there. Files of older stand-ins lack what came later. */
type KeptState = Partial<Omit<State, 'keys'>> & { keys?: Map<string, KeyRow> };

/**
 * Reads what an earlier stand-in kept. A file that is not there is an empty database.
 *
 * @throws RangeError when the file holds something else.
 */
export function readStateFile(path: string): State {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return emptyState();
    throw error;
  }
  const kept: { form?: unknown; state?: KeptState } | undefined = unpack(bytes);
  if (kept?.form !== form || !kept.state) throw new RangeError(`${path} was not written by a stand-in; move it away`);
  return completed(kept.state);
}

function unpack(bytes: Buffer) {
  try {
    return deserialize(bytes);
  } catch {
    return undefined; // not even in this format
  }
}

/** Fills in what an older stand-in did not know. */
function completed(kept: KeptState): State {
  const state = emptyState();
  const keys = new KeyTable();
  for (const row of kept.keys?.values() ?? []) {
    const fields = { ...initialKeyFields(), ...row.fields };
    keys.add({ ...row, fields, totalSpend: row.totalSpend ?? row.spend, windowSpend: row.windowSpend ?? {} });
  }
  const users = new Map(
    [...(kept.users ?? [])].map(([id, row]) => {
      const fields = { ...initialUserFields(), ...row.fields };
      return [id, { ...row, fields, budgetResetAt: row.budgetResetAt ?? null }];
    }),
  );
  return {
    keys,
    users,
    deletedKeys: kept.deletedKeys ?? state.deletedKeys,
    teams: kept.teams ?? state.teams,
    organizations: kept.organizations ?? state.organizations,
    budgets: kept.budgets ?? state.budgets,
    customers: kept.customers ?? state.customers,
    spendLogs: kept.spendLogs ?? state.spendLogs,
  };
}

/** Replaces the file as a whole, so that a crash leaves the old one or the new one. Holds hashes, never a secret. */
export function writeStateFile(path: string, state: State): void {
  const keys = new Map([...state.keys.values()].map((row) => [row.token, row]));
  writeFileSync(`${path}.new`, serialize({ form, state: { ...state, keys } }), { mode: 0o600 });
  renameSync(`${path}.new`, path);
}

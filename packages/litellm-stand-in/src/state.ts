import type { BudgetRow } from './budgets/budget-row.ts';
import type { CustomerRow } from './customers/customer-row.ts';
import { KeyTable } from './database/key-table.ts';
import type { DeletedKeyRow, KeyRow } from './keys/key-row.ts';
import type { OrganizationRow } from './organizations/organization-row.ts';
import type { SpendLog } from './spend/spend-log.ts';
import type { TeamRow } from './teams/team-row.ts';
import type { UserRow } from './users/user-row.ts';

/** The proxy's database: what lives in its tables, by primary key. */
export interface State {
  /** By token, which is the SHA-256 of the secret. */
  keys: KeyTable;
  deletedKeys: Map<string, DeletedKeyRow>;
  users: Map<string, UserRow>;
  teams: Map<string, TeamRow>;
  organizations: Map<string, OrganizationRow>;
  budgets: Map<string, BudgetRow>;
  customers: Map<string, CustomerRow>;
  /** Oldest first. */
  spendLogs: SpendLog[];
}

/** An empty database. */
export function emptyState(): State {
  return {
    keys: new KeyTable(),
    deletedKeys: new Map(),
    users: new Map(),
    teams: new Map(),
    organizations: new Map(),
    budgets: new Map(),
    customers: new Map(),
    spendLogs: [],
  };
}

/** Archives a key and forgets it, as /key/delete does. */
export function archiveKey(state: State, row: KeyRow, deletedAt: Date, deletedBy: string): void {
  state.keys.delete(row);
  state.deletedKeys.set(row.token, { ...row, deletedAt, deletedBy });
}

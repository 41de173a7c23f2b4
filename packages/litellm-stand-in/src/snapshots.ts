import type { KeyRow } from './keys/key-row.ts';
import { toUsd } from './money.ts';
import type { UserRow } from './users/user-row.ts';

/** A key as tests look at it, read behind the proxy's back. */
export interface StoredKey {
  /** SHA-256 of the secret in hex. */
  token: string;
  alias: string | null;
  userId: string | null;
  teamId: string | null;
  models: string[];
  metadata: Record<string, unknown>;
  blocked: boolean;
  expires: Date | null;
  /** USD. */
  spend: number;
  /** Nano-USD, exact. */
  spendNano: bigint;
  /** USD. */
  maxBudget: number | null;
  budgetDuration: string | null;
  /** Requests per minute. */
  rpmLimit: number | null;
  /** Tokens per minute. */
  tpmLimit: number | null;
  maxParallelRequests: number | null;
  keyType: string;
  createdAt: Date;
}

/** A user as tests look at it. */
export interface StoredUser {
  userId: string;
  email: string | null;
  role: string | null;
  metadata: Record<string, unknown>;
  /** USD. */
  spend: number;
  /** Nano-USD, exact. */
  spendNano: bigint;
  /** USD. */
  maxBudget: number | null;
}

/** A copy: changing it changes nothing in the proxy. */
export function keySnapshot(row: KeyRow): StoredKey {
  const { fields } = row;
  return {
    token: row.token,
    alias: fields.key_alias,
    userId: fields.user_id,
    teamId: fields.team_id,
    models: [...fields.models],
    metadata: structuredClone(fields.metadata),
    blocked: row.blocked === true,
    expires: row.expires && new Date(row.expires),
    spend: toUsd(row.spend),
    spendNano: row.spend,
    maxBudget: fields.max_budget,
    budgetDuration: fields.budget_duration,
    rpmLimit: fields.rpm_limit,
    tpmLimit: fields.tpm_limit,
    maxParallelRequests: fields.max_parallel_requests,
    keyType: row.keyType,
    createdAt: new Date(row.createdAt),
  };
}

/** A copy: changing it changes nothing in the proxy. */
export function userSnapshot(row: UserRow): StoredUser {
  return {
    userId: row.userId,
    email: row.fields.user_email,
    role: row.fields.user_role,
    metadata: structuredClone(row.fields.metadata),
    spend: toUsd(row.spend),
    spendNano: row.spend,
    maxBudget: row.fields.max_budget,
  };
}

import { initialKeyFields, type KeyRow } from './keys/key-row.ts';
import { toNano } from './money.ts';
import type { State } from './state.ts';

/** A key to put into the database without a request. */
export interface SeedKey {
  /** SHA-256 of the secret in hex. */
  token: string;
  /** Default: none. */
  alias?: string | null;
  userId?: string | null;
  teamId?: string | null;
  /** Default: empty, which means all. */
  models?: string[];
  metadata?: Record<string, unknown>;
  blocked?: boolean;
  /** Default: never. */
  expires?: Date | null;
  /** USD. Default: 0. */
  spend?: number;
  /** USD. Default: none. */
  maxBudget?: number | null;
  /** Requests per minute. Default: none. */
  rpmLimit?: number | null;
  /** Tokens per minute. Default: none. */
  tpmLimit?: number | null;
  /** Default: `default`. */
  keyType?: string;
  /** Default: now. */
  createdAt?: Date;
}

function rowOf(seed: SeedKey, now: Date): KeyRow {
  const createdAt = seed.createdAt ?? now;
  const spend = toNano(seed.spend ?? 0);
  return {
    token: seed.token,
    keyName: `sk-...${seed.token.slice(-4)}`,
    keyType: seed.keyType ?? 'default',
    fields: {
      ...initialKeyFields(),
      key_alias: seed.alias ?? null,
      user_id: seed.userId ?? null,
      team_id: seed.teamId ?? null,
      models: seed.models ?? [],
      metadata: seed.metadata ?? {},
      max_budget: seed.maxBudget ?? null,
      rpm_limit: seed.rpmLimit ?? null,
      tpm_limit: seed.tpmLimit ?? null,
    },
    spend,
    totalSpend: spend,
    windowSpend: {},
    blocked: seed.blocked ?? null,
    expires: seed.expires ?? null,
    budgetResetAt: null,
    lastActive: null,
    createdAt,
    updatedAt: createdAt,
    createdBy: 'default_user_id',
    updatedBy: 'default_user_id',
  };
}

/**
 * Puts keys into the database as they are, alias rules and licences unseen.
 *
 * @throws RangeError for a token that is no SHA-256 in hex or that is there already; nothing is stored then.
 */
export function seedKeys(state: State, seeds: readonly SeedKey[], now: Date): void {
  const seen = new Set<string>();
  for (const { token } of seeds) {
    if (!/^[0-9a-f]{64}$/.test(token))
      throw new RangeError(`a token must be 64 hex digits, got "${token.slice(0, 8)}…"`);
    if (state.keys.has(token) || seen.has(token)) throw new RangeError(`the key ${token} is there already`);
    seen.add(token);
  }
  for (const seed of seeds) state.keys.add(rowOf(seed, now));
}

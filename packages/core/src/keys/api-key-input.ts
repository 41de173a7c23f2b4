import { z } from 'zod';
import { count, duration, hostId, moment, ourSecret, secretMessage, text, usd } from '../input.ts';
import { apiKeyStatuses } from './api-key.ts';
import { ipRange } from './ip-allow-list.ts';
import { permission } from './permissions.ts';

/**
 * Names of models. An empty list is refused everywhere, because LiteLLM reads `[]` as "all models" (LL-C15). A name
 * given twice counts once.
 */
export const modelNames = z
  .array(text(255), { error: 'should be a list of model names' })
  .min(1, 'should name at least one model; leave it out to follow the subscription')
  .max(500, 'should name at most 500 models')
  .transform((names) => [...new Set(names)]);

const unique = <T>(items: T[]) => [...new Set(items)];

/** Deeper than anybody nests, and far from where a recursion ends. */
const maxDepth = 32;

/** Whether a value is JSON that Postgres can hold: it has no NUL and no halves of surrogate pairs, in names either. */
function isStorableJson(value: unknown, depth = 0): boolean {
  if (value === null || typeof value === 'boolean') return true;
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value === 'string') return value.isWellFormed() && !value.includes('\0');
  if (typeof value !== 'object' || depth === maxDepth) return false;
  if (Array.isArray(value)) return value.every((item) => isStorableJson(item, depth + 1));
  const prototype = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return false;
  return Object.entries(value).every(([name, item]) => isStorableJson(name) && isStorableJson(item, depth + 1));
}

const json = z.unknown().refine((value) => isStorableJson(value), {
  error: `should be JSON of at most ${maxDepth} levels, of well-formed Unicode without NUL characters`,
  abort: true, // what is no JSON has no length as JSON
});

const metadata = z
  .record(text(64), json, { error: 'should be an object' })
  .refine((value) => Object.keys(value).length <= 100, 'should have at most 100 properties')
  .refine((value) => JSON.stringify(value).length <= 16_384, 'should be at most 16384 characters as JSON')
  .refine((value) => !ourSecret.test(JSON.stringify(value)), secretMessage);

export const quotaLimit = z.null({
  error: 'is not available yet: nothing enforces it; use maxBudget, tpmLimit or rpmLimit',
});

const shared = {
  /** Null: whatever the subscription allows. */
  models: modelNames.nullable().optional(),
  maxBudget: usd.nullable().optional(),
  softBudget: usd.nullable().optional(),
  budgetDuration: duration.nullable().optional(),
  tpmLimit: count().nullable().optional(),
  rpmLimit: count().nullable().optional(),
  maxParallelRequests: count().nullable().optional(),
  quotaLimit: quotaLimit.optional(),
  expiresAt: moment.nullable().optional(),
  permissions: z.array(permission).min(1, 'should hold at least one permission').max(100).transform(unique).optional(),
  tags: z.array(text(64)).max(50, 'should hold at most 50 tags').transform(unique).optional(),
  metadata: metadata.optional(),
  allowedIps: z.array(ipRange).max(100, 'should hold at most 100 ranges').transform(unique).optional(),
};

/** Body of a creation. `models` left out: follow the subscription. */
export const createApiKeyInput = z.strictObject({
  name: text(100),
  /** May be left out only if the user has a default subscription. */
  subscriptionId: z.string({ error: 'should be the id of a subscription' }).max(100).optional(),
  ...shared,
});

/** The same for an admin, who says whose key it is. */
export const createApiKeyForUserInput = createApiKeyInput.extend({ userId: hostId });

/** Body of a change. Absent: unchanged. Null: cleared. 0: nothing is allowed. */
export const updateApiKeyInput = z
  .strictObject({ name: text(100).optional(), ...shared })
  .refine((change) => Object.keys(change).length > 0, 'should change at least one field');

export const listApiKeysInput = z.strictObject({
  subscriptionId: z.string().max(100).optional(),
  status: z.enum(apiKeyStatuses, { error: `should be one of ${apiKeyStatuses.join(', ')}` }).optional(),
  model: text(255).optional(),
  search: text(100).optional(),
});

/** The same for an admin, who may look at one user. */
export const listTenantApiKeysInput = listApiKeysInput.extend({ userId: hostId.optional() });

/** Longer than a week, and two secrets of a key are a habit. */
const longestGraceSeconds = 7 * 24 * 3_600;

/** Body of a rotation. The old secret works for so long still; 300 when left out, so that a lost answer locks nobody out. */
export const rotateApiKeyInput = z.strictObject({
  gracePeriodSeconds: count(longestGraceSeconds).default(300),
});

/** Body of a deletion of many: which keys, and whether it is meant. */
export const bulkDeleteInput = z
  .strictObject({
    ...listTenantApiKeysInput.shape,
    /** Only tell what would be deleted. Default true. */
    dryRun: z.boolean({ error: 'should be true or false' }).default(true),
  })
  .refine(({ dryRun, ...filter }) => Object.values(filter).some((value) => value !== undefined), {
    error: 'should name at least one of userId, subscriptionId, status, model and search',
  });

export type RotateApiKeyInput = z.input<typeof rotateApiKeyInput>;
export type BulkDeleteInput = z.input<typeof bulkDeleteInput>;
export type CreateApiKeyInput = z.input<typeof createApiKeyInput>;
export type CreateApiKeyForUserInput = z.input<typeof createApiKeyForUserInput>;
export type UpdateApiKeyInput = z.input<typeof updateApiKeyInput>;
export type ListApiKeysInput = z.input<typeof listTenantApiKeysInput>;

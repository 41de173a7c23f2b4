import {
  type ApiKeyDeletion,
  type ApiKeyStatistics,
  type ApiKeyView,
  apiKeyStatuses,
  blockHolders,
  redactSecrets,
  syncStatuses,
} from '@keywright/core';
import { z } from 'zod';
import { listSchema } from '../lists/list-body.ts';
import { momentOrNull, money, moneyOrNull, wire } from '../wire-fields.ts';

export const keySchema = z
  .strictObject({
    id: z.uuid(),
    name: z.string(),
    keyPrefix: z.string().meta({ description: 'The visible beginning of the secret.', examples: ['sk-kw_4fZb'] }),
    userId: z.string(),
    tenantId: z.string(),
    subscriptionId: z.uuid(),
    models: z.array(z.string()).meta({ description: 'What the key may use now.' }),
    modelSelection: z
      .enum(['subscription', 'explicit'])
      .meta({ description: '`subscription`: it follows its subscription. `explicit`: it names models of its own.' }),
    status: z.enum(apiKeyStatuses),
    blockedBy: z.enum(blockHolders).nullable().meta({ description: 'Who holds it blocked; null: nobody.' }),
    permissions: z.array(z.string()),
    maxBudget: wire.money.nullable(),
    softBudget: wire.money.nullable(),
    budgetDuration: z.string().nullable(),
    tpmLimit: wire.count.nullable(),
    rpmLimit: wire.count.nullable(),
    maxParallelRequests: wire.count.nullable(),
    quotaLimit: wire.count.nullable(),
    allowedIps: z.array(z.string()),
    currentSpend: wire.money,
    tags: z.array(z.string()),
    metadata: z.record(z.string(), z.unknown()),
    lastUsedAt: wire.moment.nullable(),
    expiresAt: wire.moment.nullable(),
    revokedAt: wire.moment.nullable(),
    createdAt: wire.moment,
    updatedAt: wire.moment,
    syncStatus: z.enum(syncStatuses).meta({ description: 'How the copy in LiteLLM stands to this.' }),
    syncError: z.string().nullable(),
    lastSyncAt: wire.moment.nullable(),
  })
  .meta({ id: 'ApiKey', description: 'An API key. The secret itself is never part of it.' });

export const keyListSchema = listSchema(keySchema).meta({ id: 'ApiKeyList' });

export const keyDeletionSchema = z
  .strictObject({ message: z.string(), deletedAt: wire.moment })
  .meta({ id: 'ApiKeyDeletion' });

export const pendingKeyDeletionSchema = keyDeletionSchema
  .extend({ pending: z.literal(true) })
  .meta({ id: 'PendingApiKeyDeletion', description: 'Gone here; LiteLLM has not confirmed yet.' });

export const keyStatisticsSchema = z
  .strictObject({
    total: wire.count,
    active: wire.count,
    expired: wire.count,
    blocked: wire.count,
    bySubscription: z.array(z.strictObject({ subscriptionId: z.uuid(), count: wire.count })),
    byModel: z.array(z.strictObject({ model: z.string(), count: wire.count })),
  })
  .meta({ id: 'ApiKeyStatistics' });

export function keyBody(key: ApiKeyView): z.output<typeof keySchema> {
  return {
    id: key.id,
    name: key.name,
    keyPrefix: key.keyPrefix,
    userId: key.userId,
    tenantId: key.tenantId,
    subscriptionId: key.subscriptionId,
    models: key.models,
    modelSelection: key.modelSelection,
    status: key.status,
    blockedBy: key.blockedBy,
    permissions: key.permissions,
    maxBudget: moneyOrNull(key.maxBudget),
    softBudget: moneyOrNull(key.softBudget),
    budgetDuration: key.budgetDuration,
    tpmLimit: key.tpmLimit,
    rpmLimit: key.rpmLimit,
    maxParallelRequests: key.maxParallelRequests,
    quotaLimit: key.quotaLimit,
    allowedIps: key.allowedIps,
    currentSpend: money(key.currentSpend),
    tags: key.tags,
    metadata: key.metadata,
    lastUsedAt: momentOrNull(key.lastUsedAt),
    expiresAt: momentOrNull(key.expiresAt),
    revokedAt: momentOrNull(key.revokedAt),
    createdAt: key.createdAt.toISOString(),
    updatedAt: key.updatedAt.toISOString(),
    syncStatus: key.syncStatus,
    syncError: key.syncError === null ? null : redactSecrets(key.syncError),
    lastSyncAt: momentOrNull(key.lastSyncAt),
  };
}

export function keyDeletionBody({
  deletedAt,
  isPending,
}: ApiKeyDeletion): z.output<typeof keyDeletionSchema> | z.output<typeof pendingKeyDeletionSchema> {
  const body = { message: 'API key deleted successfully', deletedAt: deletedAt.toISOString() };
  return isPending ? { ...body, pending: true } : body;
}

export function keyStatisticsBody(statistics: ApiKeyStatistics): z.output<typeof keyStatisticsSchema> {
  const { total, active, expired, blocked, bySubscription, byModel } = statistics;
  return {
    total,
    active,
    expired,
    blocked,
    bySubscription: bySubscription.map(({ subscriptionId, count }) => ({ subscriptionId, count })),
    byModel: byModel.map(({ model, count }) => ({ model, count })),
  };
}

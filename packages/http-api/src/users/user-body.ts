import { redactSecrets, syncStatuses, type User } from '@keywright/core';
import { z } from 'zod';
import { listSchema } from '../lists/list-body.ts';
import { momentOrNull, moneyOrNull, wire } from '../wire-fields.ts';

export const userSchema = z
  .strictObject({
    id: z.string(),
    tenantId: z.string(),
    name: z.string().nullable(),
    email: z.string().nullable(),
    isActive: z.boolean(),
    maxBudget: wire.money.nullable(),
    tpmLimit: wire.count.nullable(),
    rpmLimit: wire.count.nullable(),
    syncStatus: z.enum(syncStatuses),
    syncError: z.string().nullable(),
    lastSyncAt: wire.moment.nullable(),
    createdAt: wire.moment,
    updatedAt: wire.moment,
  })
  .meta({ id: 'User', description: 'A person or service of the host application that owns API keys.' });

export const userListSchema = listSchema(userSchema).meta({ id: 'UserList' });

export function userBody(user: User): z.output<typeof userSchema> {
  return {
    id: user.id,
    tenantId: user.tenantId,
    name: user.name,
    email: user.email,
    isActive: user.isActive,
    maxBudget: moneyOrNull(user.maxBudget),
    tpmLimit: user.tpmLimit,
    rpmLimit: user.rpmLimit,
    syncStatus: user.syncStatus,
    syncError: user.syncError === null ? null : redactSecrets(user.syncError),
    lastSyncAt: momentOrNull(user.lastSyncAt),
    createdAt: user.createdAt.toISOString(),
    updatedAt: user.updatedAt.toISOString(),
  };
}

import { z } from 'zod';
import { count, text, usd } from '../input.ts';

const flag = z.boolean({ error: 'should be true or false' });

export const listUsersInput = z.strictObject({
  search: text(100).optional(),
  isActive: flag.optional(),
});

/** Body of a change. Absent: unchanged; null: cleared; 0: nothing is allowed. */
export const updateUserInput = z
  .strictObject({
    name: text(200).nullable().optional(),
    email: text(320).nullable().optional(),
    isActive: flag.optional(),
    maxBudget: usd.nullable().optional(),
    tpmLimit: count().nullable().optional(),
    rpmLimit: count().nullable().optional(),
  })
  .refine((change) => Object.keys(change).length > 0, 'should change at least one field');

export type ListUsersInput = z.input<typeof listUsersInput>;
export type UpdateUserInput = z.input<typeof updateUserInput>;

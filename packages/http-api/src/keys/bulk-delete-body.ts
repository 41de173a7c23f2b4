import { type BulkDeletion, type BulkOutcome, bulkLimit, errorCodes } from '@keywright/core';
import { z } from 'zod';
import { wire } from '../wire-fields.ts';

const outcomes = ['would-delete', 'deleted', 'pending', ...errorCodes] as const satisfies readonly BulkOutcome[];

export const bulkDeletionSchema = z
  .strictObject({
    matched: wire.count.meta({ description: `How many keys match, up to ${bulkLimit}.` }),
    hasMore: z.boolean().meta({ description: `More than ${bulkLimit} keys match: call again for the rest.` }),
    dryRun: z.boolean().meta({ description: 'Nothing was deleted: this is what would be.' }),
    keys: z.array(
      z.strictObject({
        id: z.uuid(),
        name: z.string(),
        userId: z.string(),
        keyPrefix: z.string(),
        outcome: z.enum(outcomes).meta({
          description:
            '`pending`: gone here, LiteLLM has not confirmed yet. A code of an error: why it was not deleted.',
        }),
      }),
    ),
  })
  .meta({ id: 'BulkDeletion', description: 'What was deleted, key by key.' });

export function bulkDeletionBody({
  matched,
  hasMore,
  dryRun,
  keys,
}: BulkDeletion): z.output<typeof bulkDeletionSchema> {
  return {
    matched,
    hasMore,
    dryRun,
    keys: keys.map(({ id, name, userId, keyPrefix, outcome }) => ({ id, name, userId, keyPrefix, outcome })),
  };
}

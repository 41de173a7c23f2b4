import { idempotencyKeySchema } from '@keywright/http-api';
import { z } from 'zod';

/** Of a request that may be repeated. */
export const idempotencyKeyHeader = z.object({ 'Idempotency-Key': idempotencyKeySchema.optional() });

/** Of each answer that may be a repetition. */
export const replayedHeader = z.object({
  'Idempotent-Replayed': z.enum(['true']).optional().meta({
    description: 'The request was carried out before: this is the answer that it got then.',
  }),
});

import { z } from 'zod';

/** A query is text, so the word stands for the value. */
export const trueOrFalse = z
  .enum(['true', 'false'], { error: 'should be true or false' })
  .transform((word) => word === 'true')
  .meta({ type: 'boolean' });

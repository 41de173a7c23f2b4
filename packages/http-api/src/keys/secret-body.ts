import type { CreatedApiKey, RotatedApiKey } from '@keywright/core';
import { z } from 'zod';
import { wire } from '../wire-fields.ts';
import { keyBody, keySchema } from './key-body.ts';

/** The answers that hold a secret: no other ones do. */
const secretFields = {
  key: z
    .string()
    .nullable()
    .meta({
      description: 'The secret. It is shown here and nowhere else; null when the answer is a repetition.',
      examples: ['sk-kw_4fZb...'],
    }),
  message: z.string().optional().meta({ description: 'In a repetition: where the secret was, and what to do.' }),
};

export const createdKeySchema = keySchema
  .extend(secretFields)
  .meta({ id: 'CreatedApiKey', description: 'An API key just created, with its secret.' });

export const rotatedKeySchema = keySchema
  .extend({
    ...secretFields,
    previousKeyExpiresAt: wire.moment.meta({ description: 'Until when the secret works that was replaced.' }),
  })
  .meta({ id: 'RotatedApiKey', description: 'An API key with its new secret.' });

export function createdKeyBody({ apiKey, secret }: CreatedApiKey): z.output<typeof createdKeySchema> {
  return { ...keyBody(apiKey), key: secret.reveal() };
}

export function rotatedKeyBody({ apiKey, secret, previousUntil }: RotatedApiKey): z.output<typeof rotatedKeySchema> {
  return { ...keyBody(apiKey), key: secret.reveal(), previousKeyExpiresAt: previousUntil.toISOString() };
}

import { parseInput, redactSecrets } from '@keywright/core';
import { z } from 'zod';

/** The value of the header `Idempotency-Key`. It is stored, so it must be no secret. */
export const idempotencyKeySchema = z
  .string()
  .regex(/^[\x21-\x7e]{1,255}$/, { error: 'should be 1 to 255 visible ASCII characters, such as a UUID', abort: true })
  .refine((key) => redactSecrets(key) === key, 'should not look like a secret key: it is stored')
  .meta({
    description:
      'A key of your own for this request. For 24 hours the same request with the same key is carried out once, and ' +
      'each repetition gets the first answer, without the secret.',
    examples: ['8e03978e-40d5-43dd-bc93-6894a57f9324'],
  });

const header = z.strictObject({ 'Idempotency-Key': idempotencyKeySchema });

/** Undefined when there is none. Throws `validation_failed`. */
export function readIdempotencyKey(headers: Readonly<Record<string, string | undefined>>): string | undefined {
  const given = headers['idempotency-key'];
  return given === undefined ? undefined : parseInput(header, { 'Idempotency-Key': given })['Idempotency-Key'];
}

import { KeywrightError } from '@keywright/core';

export const defaultSchema = 'keywright';

/** A name that needs no quotes, so that it can stand in a statement as it is. Throws `configuration_invalid`. */
export function checkSchemaName(schema: string): string {
  if (/^[a-z_][a-z0-9_]{0,62}$/.test(schema) && !schema.startsWith('pg_')) return schema;
  throw new KeywrightError(
    'configuration_invalid',
    'schema: should be 1 to 63 of a-z, 0-9 and _, not begin with a digit, and not begin with pg_',
  );
}

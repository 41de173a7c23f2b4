import type { TableDescription, TableOf } from '../database/columns.ts';

export const schemaMigrationsColumns = {
  number: { type: 'integer' },
  name: { type: 'text' },
  checksum: { type: 'text' },
  breaking: { type: 'boolean' },
  applied_at: { type: 'timestamp(3) with time zone', default: 'now()' },
} as const satisfies TableDescription;

export interface SchemaMigrationsTable extends TableOf<typeof schemaMigrationsColumns> {}

// The public surface, by hand: what is not listed here is internal. Tables are internal too: the stores are the API.
export type { DatabaseClient, PGliteLike, PoolClientLike, PoolLike, PoolQuery } from './database/client.ts';
export type { ColumnDescription, SqlType, TableDescription } from './database/columns.ts';
export { type MigrateOptions, type Migrator, migrate, type UpTarget } from './migrations/migrate.ts';
export type { AppliedMigration, DownTarget, MigrationStatus } from './migrations/plan.ts';
export { compareSchema, type SchemaDifference } from './schema/compare-schema.ts';
export { expectedSchema } from './schema/expected-schema.ts';
export { type LiveColumn, type LiveSchema, readLiveSchema } from './schema/live-schema.ts';
export { createPostgresStorage, type PostgresStorageOptions } from './storage.ts';

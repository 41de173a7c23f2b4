// The public surface, by hand: what is not listed here is internal. Tables are internal too: the stores are the API.
export { type PurgeAuditLogsOptions, purgeAuditLogs } from './audit/purge-audit-logs.ts';
export type { DatabaseClient, PGliteLike, PoolClientLike, PoolLike, PoolQuery } from './database/client.ts';
export type { ColumnDescription, SqlType, TableDescription } from './database/columns.ts';
export {
  createPostgresInvalidationChannel,
  type PostgresInvalidationChannelOptions,
} from './keys/invalidation-channel.ts';
export type { ListeningClientLike, NotificationLike } from './keys/listening-session.ts';
export { type MigrateOptions, type Migrator, migrate, type UpTarget } from './migrations/migrate.ts';
export type { AppliedMigration, DownTarget, MigrationStatus } from './migrations/plan.ts';
export { compareSchema } from './schema/compare-schema.ts';
export type { ExpectedParts } from './schema/expected-parts.ts';
export { type ExpectedSchema, type ExpectedTable, expectedSchema } from './schema/expected-schema.ts';
export type {
  DatabaseFinding,
  DatabaseFindingKind,
  Finding,
  SchemaFinding,
  SchemaFindingKind,
} from './schema/finding.ts';
export {
  type DatabaseInspection,
  type InspectDatabaseOptions,
  inspectDatabase,
} from './schema/inspect-database.ts';
export {
  type LiveColumn,
  type LivePart,
  type LiveSchema,
  type LiveTable,
  readLiveSchema,
} from './schema/live-schema.ts';
export { createPostgresStorage, type PostgresStorageOptions } from './storage.ts';

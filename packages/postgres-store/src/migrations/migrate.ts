import { type Clock, type Logger, silentLogger, systemClock } from '@keywright/core';
import type { DatabaseClient } from '../database/client.ts';
import { openDatabase } from '../database/database.ts';
import { defaultSchema } from '../database/schema-name.ts';
import { missingPartitions } from '../usage/partitions.ts';
import { usageEvents } from './0005-usage-events.ts';
import type { Migration } from './migration.ts';
import { bootstrap, type MigrationTransaction, printTransactions, stepDown, stepUp } from './migration-transaction.ts';
import { migrations } from './migrations.ts';
import { compareMigrations, type DownTarget, type MigrationStatus, stepsDown, stepsUp } from './plan.ts';
import { type MigrationPlace, runTransactions } from './run-transactions.ts';
import { readSchemaState } from './schema-state.ts';

export type MigrateOptions = DatabaseClient & {
  /** Where Keywright's tables are; `keywright` when left out. It is created when it is not there. */
  schema?: string;
  /** Hears of a schema that a newer release changed in a way that this one can live with. */
  logger?: Logger;
  /** Decides which months get partitions. */
  clock?: Clock;
};

/** How far up: to a step's number, or to the newest when it is left out. */
export interface UpTarget {
  to?: number;
}

/** Brings a schema to a release. Every method throws `storage_unavailable` and `schema_mismatch`. */
export interface Migrator {
  /**
   * Applies what is pending and makes the ledger's partitions, each in a transaction of its own. Harmless when nothing
   * is pending, and when many processes do it at once. Resolves to the names of the steps that this call applied.
   */
  up(target?: UpTarget): Promise<string[]>;
  /** Undoes steps, and with them the data in their tables: one step when nothing is said. Resolves to their names. */
  down(target?: DownTarget): Promise<string[]>;
  status(): Promise<MigrationStatus>;
  /** What `up` or `down` would run, as a script for a tool of the host. Changes nothing. */
  sql(direction: 'up', target?: UpTarget): Promise<string>;
  sql(direction: 'down', target?: DownTarget): Promise<string>;
}

/**
 * @example
 * await migrate({ pool }).up();
 */
export function migrate(options: MigrateOptions): Migrator {
  return createMigrator(options, migrations);
}

/** With a list of steps of its own: tests play releases that do not exist. */
export function createMigrator(options: MigrateOptions, known: readonly Migration[]): Migrator {
  const { schema = defaultSchema, logger = silentLogger, clock = systemClock } = options;
  const place = { db: openDatabase(options, schema), schema, known, clock, logger };
  const oneStep: DownTarget = { steps: 1 };
  return {
    async up(target) {
      const ran = await runTransactions(place, await planUp(place, target));
      return known.filter(({ number }) => ran.some(({ unless }) => isStep(unless, number))).map(({ name }) => name);
    },
    async down(target = oneStep) {
      const ran = await runTransactions(place, await planDown(place, target));
      return ran.map(({ title }) => title.replace(/ down$/, ''));
    },
    async status() {
      return compareMigrations(known, (await readSchemaState(place.db, schema)).applied);
    },
    async sql(direction: 'up' | 'down', target?: UpTarget | DownTarget) {
      const transactions =
        direction === 'up' ? await planUp(place, target) : await planDown(place, downTarget(target) ?? oneStep);
      return printTransactions(schema, transactions);
    },
  };
}

function downTarget(target: UpTarget | DownTarget | undefined): DownTarget | undefined {
  if (target && 'steps' in target && target.steps !== undefined) return { steps: target.steps };
  return target?.to === undefined ? undefined : { to: target.to };
}

function isStep(unless: MigrationTransaction['unless'], number: number): boolean {
  return unless !== undefined && 'applied' in unless && unless.applied === number;
}

async function planUp(
  place: MigrationPlace & { clock: Clock; logger: Logger },
  target: UpTarget = {},
): Promise<MigrationTransaction[]> {
  const { db, schema, known, clock, logger } = place;
  const { exists, tables, applied } = await readSchemaState(db, schema);
  const status = compareMigrations(known, applied);
  const steps = stepsUp(known, status, target.to);
  if (status.newer.length > 0) logger.warn('A newer release of Keywright changed the schema', { newer: status.newer });
  const tablesAfter = steps.includes(usageEvents) ? [...tables, 'usage_events'] : tables;
  return [
    ...(tables.includes('schema_migrations') ? [] : [bootstrap(schema, exists)]),
    ...steps.map((step) => stepUp(schema, step)),
    ...missingPartitions(schema, tablesAfter, clock.now()),
  ];
}

async function planDown(place: MigrationPlace, target: DownTarget): Promise<MigrationTransaction[]> {
  const { applied } = await readSchemaState(place.db, place.schema);
  const steps = stepsDown(place.known, compareMigrations(place.known, applied), target);
  return steps.map((step) => stepDown(place.schema, step));
}

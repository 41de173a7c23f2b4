import { type Clock, systemClock } from '@keywright/core';
import { sql } from 'kysely';
import type { DatabaseClient } from '../database/client.ts';
import { type Db, openDatabase } from '../database/database.ts';
import { defaultSchema } from '../database/schema-name.ts';
import { migrations } from '../migrations/migrations.ts';
import { compareMigrations, type MigrationStatus } from '../migrations/plan.ts';
import { readSchemaState } from '../migrations/schema-state.ts';
import { compareSchema } from './compare-schema.ts';
import { expectedSchema } from './expected-schema.ts';
import type { DatabaseFinding, DatabaseFindingKind } from './finding.ts';
import { readLiveSchema } from './live-schema.ts';

export type InspectDatabaseOptions = DatabaseClient & {
  /** Where Keywright's tables are; `keywright` when left out. */
  schema?: string;
  /** This machine's; a server whose clock is another is found by it. */
  clock?: Clock;
};

export interface DatabaseInspection {
  /** As the server says it: `18.4`. */
  serverVersion: string;
  /** How far the server's clock is ahead of this machine's, in milliseconds; negative: behind. */
  clockSkewMs: number;
  /** Problems first. */
  findings: DatabaseFinding[];
}

/** PostgreSQL 15, as the server numbers it. */
const oldestServer = 150_000;
/** Beyond this, keys expire here and leases end there at moments that differ visibly. */
const mostSkewMs = 1000;
/** The quickest of so many answers tells the time best; the first one also opens a connection. */
const clockReadings = 4;

/**
 * Looks at a database for everything that would keep this release from working in it, and changes nothing. Tables are
 * compared only when every migration of this release was applied. Throws `storage_unavailable`.
 */
export async function inspectDatabase(options: InspectDatabaseOptions): Promise<DatabaseInspection> {
  const { schema = defaultSchema, clock = systemClock } = options;
  const db = openDatabase(options, schema);
  const server = await readServer(db);
  const skew = await readClockSkew(db, clock);
  const status = compareMigrations(migrations, (await readSchemaState(db, schema)).applied);
  const isCurrent = status.pending.length === 0 && status.refusal === undefined;
  const findings = [
    ...judgeServer(server),
    ...judgeClock(skew),
    ...judgeMigrations(status),
    ...(isCurrent ? compareSchema(expectedSchema, await readLiveSchema(options), schema) : []),
  ];
  const byLevel = (level: DatabaseFinding['level']) => findings.filter((finding) => finding.level === level);
  return {
    serverVersion: server.version,
    clockSkewMs: Math.round(skew.ms),
    findings: [...byLevel('problem'), ...byLevel('note')],
  };
}

async function readServer(db: Db): Promise<{ version: string; number: number }> {
  const { rows } = await sql<{ version: string; number: number }>`select current_setting('server_version') as version,
    cast(current_setting('server_version_num') as integer) as number`.execute(db);
  return rows[0] ?? { version: 'unknown', number: 0 };
}

/** The server's time is that of the middle between question and answer, give or take half the way. */
async function readClockSkew(db: Db, clock: Clock): Promise<{ ms: number; accuracyMs: number }> {
  let best = { ms: 0, accuracyMs: Number.POSITIVE_INFINITY };
  for (let reading = 0; reading < clockReadings; reading++) {
    const before = clock.now();
    const { rows } = await sql<{ at: Date }>`select clock_timestamp() as at`.execute(db);
    const after = clock.now();
    const accuracyMs = (after - before) / 2;
    if (rows[0] && accuracyMs < best.accuracyMs) best = { ms: rows[0].at.getTime() - before - accuracyMs, accuracyMs };
  }
  return best;
}

export function judgeServer({ version, number }: { version: string; number: number }): DatabaseFinding[] {
  if (number >= oldestServer) return [];
  return [problem('old-server', 'PostgreSQL 15 or newer', version, 'Move the database to a newer PostgreSQL.')];
}

function judgeClock({ ms, accuracyMs }: { ms: number; accuracyMs: number }): DatabaseFinding[] {
  if (Math.abs(ms) - accuracyMs <= mostSkewMs) return [];
  const found = `${Math.abs(Math.round(ms))} ms ${ms > 0 ? 'ahead' : 'behind'}`;
  const remedy = 'Set both clocks by a time service (NTP): the server’s and this machine’s.';
  return [problem('clock-skew', `at most ${mostSkewMs} ms`, found, remedy)];
}

function judgeMigrations({ pending, newer, refusal }: MigrationStatus): DatabaseFinding[] {
  if (refusal !== undefined) {
    const remedy = 'Use the release of Keywright that the schema was made with, or a newer one.';
    return [problem('refused-schema', 'a schema of this release', refusal, remedy)];
  }
  if (pending.length > 0) {
    return [problem('pending-migrations', pending.join(', '), null, 'Run `keywright migrate up`.')];
  }
  if (newer.length === 0) return [];
  const remedy = 'None is needed; update Keywright here as well when you can.';
  return [{ ...problem('newer-schema', null, newer.join(', '), remedy), level: 'note' }];
}

function problem(
  kind: DatabaseFindingKind,
  expected: string | null,
  found: string | null,
  remedy: string,
): DatabaseFinding {
  return { kind, level: 'problem', table: null, name: null, expected, found, remedy };
}

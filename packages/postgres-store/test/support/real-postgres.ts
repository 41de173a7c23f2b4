import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { describe } from 'vitest';
import type { RunSql } from './outside.ts';

/** Whether a real server is there. PGlite has one session, so it shows nothing of locks, pools and processes. */
const hasPostgres = process.env.PGHOST !== undefined;

const hint = 'skipped: needs PostgreSQL; run `node tools/with-node.mjs node tools/with-postgres.mjs vitest run`';

/** Describes tests against a real server, or one skipped line that says how to switch them on. */
export const describePostgres = (name: string, tests: () => void): void => {
  if (hasPostgres) describe(`${name} (PostgreSQL)`, tests);
  else describe.skip(`${name} (PostgreSQL; ${hint})`, tests);
};

/** A database of its own on the server of the environment. */
export interface TestDatabase {
  /** For `pg` and for child processes. */
  name: string;
  /** A pool to it, closed with the database. */
  pool(max?: number): pg.Pool;
  run: RunSql;
  /** Asks until so many sessions of this database wait for a lock. */
  untilWaiting(sessions: number): Promise<void>;
  drop(): Promise<void>;
}

export async function createDatabase(): Promise<TestDatabase> {
  const name = `kw_test_${randomUUID().replaceAll('-', '')}`;
  await onServer(`create database ${name}`);
  const pools: pg.Pool[] = [];
  const pool = (max = 10) => {
    const made = new pg.Pool({ database: name, max });
    made.on('error', () => {}); // an idle connection that a test cut
    pools.push(made);
    return made;
  };
  const own = pool(2);
  const waiting = `select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
  return {
    name,
    pool,
    run: async (text, values) => (await own.query(text, values)).rows,
    async untilWaiting(sessions) {
      while ((await own.query(waiting)).rows.length < sessions);
    },
    async drop() {
      await Promise.all(pools.map((each) => (each.ended ? undefined : each.end())));
      // waits for sessions that are about to end; those of killed processes are cut
      await onServer(`drop database ${name}`).catch(() => onServer(`drop database ${name} with (force)`));
    },
  };
}

async function onServer(statement: string): Promise<void> {
  const client = new pg.Client();
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

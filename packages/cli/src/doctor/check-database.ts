import { createPostgresStorage, inspectDatabase } from '@keywright/postgres-store';
import { withDatabase } from '../compose.ts';
import type { Config } from '../config.ts';
import { describeDatabase, isUsable } from './check-schema.ts';
import { checkSync } from './check-sync.ts';
import { checkFacts } from './database-facts.ts';
import { type DoctorFinding, error, guarded, ok } from './finding.ts';

/** One that answers no more, without closing the connection, is given up. */
const statementTimeoutMs = 15_000;

/** Whether the database answers, and its schema, privileges and rows are what Keywright needs. Changes nothing. */
export async function checkDatabase(config: Config): Promise<DoctorFinding[]> {
  const { database: place, schema } = config;
  if (!place) {
    const remedy = 'set DATABASE_URL';
    return [error('database.settings', 'DATABASE_URL is missing: the database was not checked', remedy)];
  }
  const inspect = () =>
    withDatabase(config, { statementTimeoutMs }, async (database) => {
      const inspection = await inspectDatabase({ ...database, schema });
      const found = [ok('database.reachable', 'the database answers'), ...describeDatabase(inspection)];
      if (!isUsable(inspection.findings)) return found;
      const storage = createPostgresStorage({ ...database, schema });
      const rows = await Promise.all([checkFacts(database, schema), checkSync(storage, Date.now())]);
      return [...found, ...rows.flat()];
    });
  const setting = 'url' in place ? 'DATABASE_URL' : 'KEYWRIGHT_DATA_DIR';
  return guarded('database.reachable', inspect, `look whether the database runs, and whether ${setting} is right`);
}

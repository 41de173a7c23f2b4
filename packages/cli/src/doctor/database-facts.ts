import type { OpenDatabase } from '../compose.ts';
import { type DoctorFinding, guarded, info, ok } from './finding.ts';

/** What rows and privileges tell. Only for a schema that is there. */
export async function checkFacts(database: OpenDatabase, schema: string): Promise<DoctorFinding[]> {
  const parts = await Promise.all([
    // a PGlite has one role
    'pool' in database ? guarded('database.privileges', async () => [await checkPrivileges(database, schema)]) : [],
    guarded('keys.unmirrored', async () => [await checkUnmirrored(database, schema)]),
  ]);
  return parts.flat();
}

async function checkPrivileges(database: OpenDatabase, schema: string): Promise<DoctorFinding> {
  const check = 'database.privileges';
  const table = `${schema}.audit_logs`;
  const text = `select has_table_privilege('${table}', 'update') or has_table_privilege('${table}', 'delete') as may`;
  if ((await ask<{ may: boolean }>(database, text))?.may !== true) {
    return ok(check, 'the role in DATABASE_URL can only append to audit_logs');
  }
  const what = 'the role in DATABASE_URL may change audit_logs; a trigger refuses that, which its owner can switch off';
  const remedy = `let the application use a role of its own: revoke update, delete, truncate on ${table} from <role>`;
  return info(check, what, remedy);
}

const most = 1_000;

async function checkUnmirrored(database: OpenDatabase, schema: string): Promise<DoctorFinding> {
  const check = 'keys.unmirrored';
  const unmirrored = `select 1 from ${schema}.api_keys where sync_status = 'unmirrored' and lifecycle = 'active'`;
  const text = `select count(*)::int as count from (${unmirrored} limit ${most + 1}) found`;
  const count = (await ask<{ count: number }>(database, text))?.count ?? 0;
  if (count === 0) return ok(check, 'no key is marked as one that LiteLLM does not hold');
  const what = `${count > most ? `more than ${most}` : count} keys are not in LiteLLM`;
  const remedy =
    'their calls go with the serviceKey that the application gives createKeywright, and are refused without one; ' +
    'keywright keys rotate has a key in LiteLLM again';
  return info(check, what, remedy);
}

async function ask<R extends object>(database: OpenDatabase, text: string): Promise<R | undefined> {
  const { rows } = 'pool' in database ? await database.pool.query<R>(text) : await database.pglite.query<R>(text);
  return rows[0];
}

import type { DatabaseFinding, DatabaseInspection } from '@keywright/postgres-store';
import { type DoctorFinding, error, info, ok, warning } from './finding.ts';

/** Which check a kind belongs to; all others are about the schema. */
const checks: Partial<Record<DatabaseFinding['kind'], string>> = {
  'old-server': 'database.version',
  'clock-skew': 'database.clock',
  'pending-migrations': 'database.migrations',
  'newer-schema': 'database.migrations',
  'refused-schema': 'database.migrations',
};

/** Pure: what was found in the database, and what was looked at and is right. */
export function describeDatabase({ serverVersion, clockSkewMs, findings }: DatabaseInspection): DoctorFinding[] {
  const found = findings.map(describe);
  const unless = (check: string, what: string) =>
    found.some((finding) => finding.check === check && finding.severity !== 'info') ? [] : [ok(check, what)];
  const isCurrent = isUsable(findings);
  return [
    ...unless('database.version', `PostgreSQL ${serverVersion}`),
    ...unless('database.clock', `its clock differs from this machine's by ${Math.abs(clockSkewMs)} ms`),
    ...unless('database.migrations', 'every migration of this release was applied'),
    ...(isCurrent
      ? unless('database.schema', 'tables, columns, indexes, constraints and triggers are as expected')
      : []),
    ...found,
  ];
}

/** Whether the schema is this release's, so that its tables can be read. */
export function isUsable(findings: readonly DatabaseFinding[]): boolean {
  return !findings.some(({ kind }) => kind === 'pending-migrations' || kind === 'refused-schema');
}

function describe(finding: DatabaseFinding): DoctorFinding {
  const { kind, level, table, name, expected, found, remedy } = finding;
  const place = [table, name].filter((part) => part !== null).join('.');
  const values = [
    ...(expected === null ? [] : [`expected ${expected}`]),
    ...(found === null ? [] : [`found ${found}`]),
  ].join(', ');
  const what = [kind.replaceAll('-', ' '), place, values].filter((part) => part !== '').join(': ');
  const check = checks[kind] ?? 'database.schema';
  if (level === 'note') return info(check, what, remedy);
  return isBearable(finding) ? warning(check, what, remedy) : error(check, what, remedy);
}

/** What makes Keywright slow or inexact, while every statement still does what it should. */
function isBearable({ kind, expected }: DatabaseFinding): boolean {
  if (kind === 'clock-skew' || kind === 'unvalidated-constraint') return true;
  return kind.endsWith('-index') && expected?.startsWith('UNIQUE ') === false;
}

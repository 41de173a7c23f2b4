// Writes docs/database-schema.md from a freshly migrated schema:
//   node tools/with-node.mjs node --conditions=@keywright/source tools/generate-database-docs.ts
import { writeFileSync } from 'node:fs';
import { PGlite } from '@electric-sql/pglite';
import { type LivePart, migrate, readLiveSchema } from '@keywright/postgres-store';

interface Comment {
  table: string;
  /** Empty: of the table itself. */
  column: string;
  text: string;
}

const head = `# Database schema
Made by \`tools/generate-database-docs.ts\` from the migrated schema; do not edit. Tables are internal: the stores are
the API, and a minor release may add columns and tables. The schema's name is \`keywright\` unless configured.
`;

/** The page, from a PGlite in memory. */
export async function renderDatabaseDocs(): Promise<string> {
  const pglite = new PGlite();
  try {
    await migrate({ pglite }).up();
    const live = await readLiveSchema({ pglite });
    const comments = await readComments(pglite);
    const sections = Object.entries(live).map(([table, { columns, constraints, indexes, triggers }]) => {
      const comment = (column: string) =>
        comments.find((each) => each.table === table && each.column === column)?.text ?? '';
      const rows = Object.entries(columns).map(
        ([name, { type, nullable, default: value }]) =>
          `| \`${name}\` | ${type} | ${nullable ? 'yes' : ''} | ${value === null ? '' : `\`${value}\``} | ${comment(name)} |`,
      );
      return [
        `## ${table}`,
        comment(''),
        '',
        '| column | type | null | default | |',
        '|---|---|---|---|---|',
        ...rows,
        '',
        ...list(constraints),
        ...list(indexes, (text) => text.replace('USING', 'INDEX')),
        ...list(triggers, (text) => text.replace(/^CREATE TRIGGER \w+ /, 'TRIGGER ')),
        '',
      ].join('\n');
    });
    return [head, ...sections].join('\n');
  } finally {
    await pglite.close();
  }
}

function list(parts: Record<string, LivePart>, print = (text: string) => text): string[] {
  return Object.entries(parts).map(([name, { definition }]) => `- \`${name}\`: ${print(definition)}`);
}

async function readComments(pglite: PGlite): Promise<Comment[]> {
  const { rows } = await pglite.query<Comment>(`
    select c.relname as table, coalesce(a.attname, '') as column, replace(d.description, '|', '\\|') as text
    from pg_class c join pg_description d on d.objoid = c.oid and d.classoid = 'pg_class'::regclass
      left join pg_attribute a on a.attrelid = c.oid and a.attnum = d.objsubid and d.objsubid > 0
    where c.relnamespace = 'keywright'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition`);
  return rows;
}

if (import.meta.main) {
  const page = await renderDatabaseDocs();
  writeFileSync(new URL('../docs/database-schema.md', import.meta.url), page);
}

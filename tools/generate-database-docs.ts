// Writes docs/database-schema.md from a freshly migrated schema:
//   node tools/with-node.mjs node --conditions=@keywright/source tools/generate-database-docs.ts
import { writeFileSync } from 'node:fs';
import { PGlite } from '@electric-sql/pglite';
import { migrate, readLiveSchema } from '@keywright/postgres-store';

interface Named {
  table: string;
  name: string;
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
    const details = await readDetails(pglite);
    const sections = Object.entries(live).map(([table, columns]) => {
      const of = (rows: Named[]) => rows.filter((row) => row.table === table);
      const comment = (column: string) => of(details.comments).find(({ name }) => name === column)?.text ?? '';
      const rows = Object.entries(columns).map(
        ([name, { type, nullable, default: value }]) =>
          `| \`${name}\` | ${type} | ${nullable ? 'yes' : ''} | ${value === null ? '' : `\`${value}\``} | ${comment(name)} |`,
      );
      const list = (rows: Named[]) => of(rows).map(({ name, text }) => `- \`${name}\`: ${text}`);
      return [
        `## ${table}`,
        comment(''),
        '',
        '| column | type | null | default | |',
        '|---|---|---|---|---|',
        ...rows,
        '',
        ...list(details.constraints),
        ...list(details.indexes),
        '',
      ].join('\n');
    });
    return [head, ...sections].join('\n');
  } finally {
    await pglite.close();
  }
}

async function readDetails(pglite: PGlite) {
  const read = async (statement: string) => {
    const { rows } = await pglite.query<Named>(statement);
    return rows.map((row) => ({ ...row, text: row.text.replaceAll('keywright.', '').replaceAll('|', '\\|') }));
  };
  const tables = `pg_class c where c.relnamespace = 'keywright'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition`;
  return {
    comments: await read(`select c.relname as table, coalesce(a.attname, '') as name, d.description as text
      from (select * from ${tables}) c join pg_description d on d.objoid = c.oid and d.classoid = 'pg_class'::regclass
      left join pg_attribute a on a.attrelid = c.oid and a.attnum = d.objsubid and d.objsubid > 0`),
    constraints: await read(`select c.relname as table, n.conname as name, pg_get_constraintdef(n.oid) as text
      from (select * from ${tables}) c join pg_constraint n on n.conrelid = c.oid and n.contype <> 'n'
      order by c.relname, array_position('{p,u,f,c}'::"char"[], n.contype), n.conname`),
    indexes: await read(`select c.relname as table, i.relname as name,
        case when x.indisunique then 'unique ' else '' end || 'index '
          || regexp_replace(pg_get_indexdef(i.oid), '^.* USING ', '') as text
      from (select * from ${tables}) c join pg_index x on x.indrelid = c.oid join pg_class i on i.oid = x.indexrelid
      where not exists (select 1 from pg_constraint n where n.conindid = i.oid and n.contype in ('p', 'u'))
      order by c.relname, i.relname`),
  };
}

if (import.meta.main) {
  const page = await renderDatabaseDocs();
  writeFileSync(new URL('../docs/database-schema.md', import.meta.url), page);
}

// Opens the folder of the first argument and holds it until its standard input ends.
import { isKeywrightError } from '@keywright/core';
import { openPglite } from '@keywright/postgres-store/pglite';

try {
  const { pglite, close } = await openPglite(process.argv[2] ?? '');
  const { rows } = await pglite.query<{ tables: number }>(
    `select count(*)::int as tables from pg_tables where tablename = 'kept'`,
  );
  if (rows[0]?.tables === 0) await pglite.query('create table kept (n int)');
  await pglite.query('insert into kept values ($1)', [process.pid]);
  console.log('open');
  process.stdin.once('end', close).resume();
} catch (error) {
  console.log(isKeywrightError(error) ? `${error.code}: ${error.message}` : String(error));
}

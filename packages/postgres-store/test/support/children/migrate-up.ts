// Migrates the database of the environment, as a node of a cluster does when it starts. Prints what it applied.
import { migrate } from '@keywright/postgres-store';
import pg from 'pg';

const pool = new pg.Pool({ max: 1 });
console.log('ready');
process.stdin.once('data', async () => {
  console.log(JSON.stringify(await migrate({ pool }).up()));
  await pool.end();
  process.stdin.destroy();
});

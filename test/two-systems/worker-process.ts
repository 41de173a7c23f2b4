// A node that does nothing but work on what others left, until it is killed.
import { createPostgresStorage } from '@keywright/postgres-store';
import pg from 'pg';
import { connect, keywrightOn } from './nodes.ts';

const [databaseUrl, url = '', masterKey = ''] = process.argv.slice(2);
const storage = createPostgresStorage({ pool: new pg.Pool({ connectionString: databaseUrl }) });
keywrightOn(storage, connect({ url, masterKey }), { workerPollMs: 20 }).start();
setInterval(() => {}, 60_000); // the worker's own timers keep no process alive

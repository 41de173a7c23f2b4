// Runs a command beside a throw-away Postgres; the command finds it through PGHOST, PGPORT, PGUSER, PGDATABASE.
// Uses the server binaries from npm, or those of the folder KEYWRIGHT_PG_BIN. Where PGHOST is set, that server is used.
import { run, startServer } from './launch/launch.mjs';

const command = process.argv.slice(2);
const postgres = process.env.PGHOST ? undefined : await startServer('postgres-server.mjs');
const code = await run(command, { ...process.env, ...postgres?.env });
await postgres?.stop();
process.exit(code);

// The command behind `npm run bench`: installs the peers, starts a throw-away PostgreSQL, runs the parts.
import { fileURLToPath } from 'node:url';
import { run } from '../tools/launch/launch.mjs';
import { readOptions, usage } from './harness/options.mjs';
import { installPeers } from './peers/install.mjs';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

try {
  const args = process.argv.slice(2);
  const { help } = readOptions(args);
  if (help) console.log(usage);
  else {
    installPeers();
    const node = [process.execPath, '--conditions=@keywright/source', '--expose-gc'];
    const postgres = [process.execPath, here('../tools/with-postgres.mjs')];
    process.exitCode = await run([...postgres, ...node, here('main.mjs'), ...args]);
  }
} catch (error) {
  console.error(error.message);
  process.exitCode = 2;
}

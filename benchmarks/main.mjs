// Runs the parts one after the other and reports. Expects a PostgreSQL at PGHOST: `run.mjs` brings one.
import { mkdirSync, writeFileSync } from 'node:fs';
import { createDatabase, describeServer } from './harness/database.mjs';
import { describeMachine } from './harness/machine.mjs';
import { readOptions } from './harness/options.mjs';
import { writeReport } from './harness/report.mjs';

const load = {
  verify: () => import('./parts/verify/index.mjs'),
  create: () => import('./parts/create.mjs'),
  list: () => import('./parts/list.mjs'),
  revocation: () => import('./parts/revocation/index.mjs'),
  reconcile: () => import('./parts/reconcile/index.mjs'),
  install: () => import('./parts/install/index.mjs'),
  size: () => import('./parts/size.mjs'),
};

const options = readOptions(process.argv.slice(2));
const machine = describeMachine(await describeServer());
const parts = [];
for (const name of options.parts) parts.push(await runPart(name));
const report = writeReport(machine, options, parts);
console.log(`\n${report}`);
if (options.isWhole) {
  mkdirSync(new URL('results/', import.meta.url), { recursive: true });
  writeFileSync(new URL('results/latest.md', import.meta.url), report);
}
if (parts.some(({ error }) => error)) process.exitCode = 1;

/** A part that fails does not keep the later ones from running. */
async function runPart(name) {
  console.error(`${name} ...`);
  const database = await createDatabase();
  try {
    const { measure } = await load[name]();
    return { name, result: await measure(options, database) };
  } catch (error) {
    console.error(error);
    return { name, error: error.message.split('\n')[0] };
  } finally {
    await database.drop();
  }
}

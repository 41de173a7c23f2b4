// Everything but the tests, each a check of its own: npm run check [-- --report=FILE]
// FILE receives { passed, failed, failures: [name] }. A failed check does not keep the later ones from running.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { packPackages, publishedPackages, root } from './packed-packages.mjs';

const { report } = parseArgs({ options: { report: { type: 'string' } } }).values;
const tarballs = mkdtempSync(path.join(tmpdir(), 'keywright-tarballs-'));
process.on('exit', () => rmSync(tarballs, { recursive: true, force: true }));
const passed = [];
const failures = [];

check('lint', () => run('npm', 'run', 'lint'));
check('typecheck', () => run('npm', 'run', 'typecheck'));
check('knip', () => run('knip', '--config', 'tools/knip.json'));
check('build', () => run('npm', 'run', 'build'));

let packed = new Map();
check('pack', () => {
  packed = packPackages(tarballs);
  return { ok: packed.size > 0, output: 'no package was packed' };
});
for (const { name } of publishedPackages()) {
  const tarball = packed.get(name) ?? `${name} was not packed`;
  check(`publint ${name}`, () => run('publint', 'run', '--strict', tarball));
  check(`attw ${name}`, () => {
    const result = run('attw', '--profile', 'node16', '--format', 'ascii', tarball); // node10 knows no sub-paths
    // attw is content with a package that has no types at all, as after a build that failed
    return { ...result, ok: result.ok && !result.output.includes('does not contain types') };
  });
}
check('consumer', () => run('node', 'tools/consumer.mjs', tarballs));

console.log(
  `\n${passed.length} checks passed, ${failures.length} failed${failures.map((name) => `\n  ${name}`).join('')}`,
);
if (report) {
  mkdirSync(path.dirname(path.resolve(report)), { recursive: true });
  writeFileSync(report, JSON.stringify({ passed: passed.length, failed: failures.length, failures }));
}
process.exitCode = failures.length === 0 ? 0 : 1;

/** Runs one check, prints its outcome, and its output where it failed. */
function check(name, body) {
  const start = performance.now();
  let result;
  try {
    result = body();
  } catch (error) {
    result = { ok: false, output: String(error) };
  }
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  console.log(`${result.ok ? 'ok  ' : 'FAIL'} ${name} (${seconds} s)`);
  if (!result.ok) console.log(result.output.replace(/^/gm, '     '));
  (result.ok ? passed : failures).push(name);
}

function run(command, ...args) {
  const options = { cwd: root, encoding: 'utf8', maxBuffer: 2 ** 28, shell: process.platform === 'win32' };
  const { status, stdout, stderr, error } = spawnSync(command, args, options);
  return { ok: status === 0, output: `${stdout ?? ''}${stderr ?? ''}${error ?? ''}` };
}

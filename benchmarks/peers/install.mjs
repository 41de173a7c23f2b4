import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('..', import.meta.url));

/** Installs the peers if they are not here in exactly the pinned versions. They have a lock file of their own. */
export function installPeers() {
  if (isInstalled()) return;
  console.log('Installing the peers ...');
  const args = ['ci', '--prefix', folder, '--no-audit', '--no-fund', '--loglevel=error'];
  const { status } = spawnSync('npm', args, { cwd: folder, stdio: 'inherit', shell: process.platform === 'win32' });
  if (status !== 0) throw new Error('The peers could not be installed.');
}

function isInstalled() {
  const { dependencies } = readJson('package.json');
  return Object.entries(dependencies).every(
    ([name, version]) => readJson(`node_modules/${name}/package.json`)?.version === version,
  );
}

function readJson(path) {
  try {
    return JSON.parse(readFileSync(`${folder}/${path}`, 'utf8'));
  } catch {
    return undefined;
  }
}

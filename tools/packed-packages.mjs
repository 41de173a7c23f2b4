import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url));
export const readJson = (...parts) => JSON.parse(readFileSync(path.join(...parts), 'utf8'));

/** The manifests of packages/*, what is published. */
export const publishedPackages = () =>
  readdirSync(path.join(root, 'packages'))
    .map((folder) => readJson(root, 'packages', folder, 'package.json'))
    .filter((manifest) => !manifest.private);

/** Packs every published package as `npm publish` would, into `folder`; answers with name -> tarball. */
export function packPackages(folder) {
  const workspaces = publishedPackages().flatMap(({ name }) => ['--workspace', name]);
  const args = ['pack', '--json', '--ignore-scripts', '--pack-destination', folder, ...workspaces];
  const output = execFileSync('npm', args, { cwd: root, encoding: 'utf8', shell: process.platform === 'win32' });
  const packed = JSON.parse(output);
  // npm 12 answers with an object by package name, npm 10 and 11 with a list
  const list = Array.isArray(packed) ? packed : Object.values(packed);
  return new Map(list.map(({ name, filename }) => [name, path.join(folder, path.basename(filename))]));
}

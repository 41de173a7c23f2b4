// Installs the packed packages in a project outside this repository and uses every entry there: import from ESM,
// require from CJS, types without skipLibCheck. Finds what works here only because the workspace hoists everything.
// node tools/with-node.mjs node tools/consumer.mjs [FOLDER WITH THE TARBALLS]
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { packPackages, publishedPackages, readJson, root } from './packed-packages.mjs';

const scratch = mkdtempSync(path.join(tmpdir(), 'keywright-consumer-'));
process.on('exit', () => rmSync(scratch, { recursive: true, force: true }));

const packages = publishedPackages();
const tarballs = process.argv[2] ? path.resolve(process.argv[2]) : path.join(scratch, 'tarballs');
if (!process.argv[2]) {
  mkdirSync(tarballs);
  packPackages(tarballs);
}
/** Contract suites for vitest, which refuses `require`. */
const importOnly = ['@keywright/core/testing'];
const entries = packages.flatMap(({ name, exports }) =>
  Object.keys(exports)
    .filter((key) => key !== './package.json')
    .map((key) => name + key.slice(1)),
);

const workspace = readJson(root, 'package.json');
const peers = Object.assign({}, ...packages.map(({ peerDependencies }) => peerDependencies));
const exact = (name, range) => workspace.devDependencies[name] ?? range;
const files = {
  'package.json': {
    private: true,
    dependencies: {
      ...Object.fromEntries(packages.map(({ name, version }) => [name, `file:${tarball(name, version)}`])),
      ...Object.fromEntries(Object.entries(peers).map(([name, range]) => [name, exact(name, range)])),
      '@types/node': exact('@types/node'),
      '@types/emscripten': '1.41.6', // PGlite's own declarations need it, and do not bring it
    },
    overrides: workspace.overrides,
  },
  'tsconfig.json': {
    compilerOptions: {
      target: 'ES2023',
      lib: ['ES2023', 'DOM'], // msw's types need it
      module: 'nodenext',
      types: ['node', 'emscripten'],
      strict: true,
      skipLibCheck: false,
      noEmit: true,
    },
    files: ['types.mts', 'types.cts'],
  },
  'use.mjs': entries.map((entry, i) => `import * as e${i} from '${entry}';`).join('\n'),
  'use.cjs': entries
    .filter((entry) => !importOnly.includes(entry))
    .map((entry) => `require('${entry}');`)
    .join('\n'),
  'types.mts': entries.map((entry, i) => `import * as e${i} from '${entry}';\nexport { e${i} };`).join('\n'),
  'types.cts': entries.map((entry, i) => `import e${i} = require('${entry}');\nexport { e${i} };`).join('\n'),
};
const project = path.join(scratch, 'project');
mkdirSync(project);
for (const [name, content] of Object.entries(files))
  writeFileSync(path.join(project, name), typeof content === 'string' ? `${content}\n` : JSON.stringify(content));

run('npm', 'install', '--prefer-offline', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error');
run('node', 'use.mjs');
run('node', 'use.cjs');
run('tsc', '-p', '.');
console.log(`${entries.length} entries of ${packages.length} packages imported, required and type-checked`);

function tarball(name, version) {
  const file = `${name.replace('@', '').replace('/', '-')}-${version}.tgz`;
  if (!readdirSync(tarballs).includes(file)) throw new Error(`${file} was not packed`);
  return path.join(tarballs, file);
}

function run(command, ...args) {
  console.log(`$ ${[command, ...args].join(' ')}`);
  const { status } = spawnSync(command, args, { cwd: project, stdio: 'inherit', shell: process.platform === 'win32' });
  if (status === 0) return;
  console.error(`${command} ${args[0]} failed in a project that installed the packed packages`);
  process.exit(1);
}

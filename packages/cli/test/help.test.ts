import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { describe, expect, test } from 'vitest';
import { createProgram, exitCodes } from '../src/index.ts';
import { linesOf, runHere } from './support/run-here.ts';

/** Every command that does something, as it is typed. */
const commands = leaves(createProgram({ ...process, stop: new AbortController().signal }), []);

function leaves(command: Command, words: string[]): string[] {
  if (command.commands.length === 0) return [words.join(' ')];
  return command.commands.flatMap((child) => leaves(child, [...words, child.name()]));
}

test('--help names every variable, every exit code and where to begin', async () => {
  const { code, stdout } = await runHere(['--help']);
  expect(code).toBe(0);
  const source = readFileSync(new URL('../src/config.ts', import.meta.url), 'utf8');
  const variables = new Set(source.match(/^ {2}([A-Z_]+): z$/gm)?.map((line) => line.trim().split(':')[0]));
  expect(variables.size).toBeGreaterThan(5);
  for (const name of variables) expect(stdout).toContain(name);
  expect(stdout).toContain('First steps:');
});

test('the README lists every command and every exit code', () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  expect(commands.length).toBeGreaterThan(20);
  for (const command of commands) expect(readme).toContain(`keywright ${command}`);
  for (const code of Object.values(exitCodes)) expect(readme).toMatch(new RegExp(`^\\| ${code} \\|`, 'm'));
});

describe.each(commands.map((command) => [command]))('%s', (command) => {
  test('--help teaches by example', async () => {
    const { code, stdout } = await runHere([...command.split(' '), '--help']);
    expect(code).toBe(0);
    expect(stdout).toContain('Examples:');
    expect(stdout).toContain(`keywright ${command}`);
  });
});

test('--version prints the version of the package', async () => {
  const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  expect(await runHere(['--version'])).toEqual({ code: 0, stdout: `${manifest.version}\n`, stderr: '' });
});

test.each([[[]], [['keys']], [['subscriptions']], [['tenants']], [['users']], [['sync']], [['audit']], [['migrate']]])(
  'without a command (%j) the help comes, and the exit code is 2',
  async (args) => {
    const { code, stderr } = await runHere(args);
    expect(code).toBe(2);
    expect(stderr).toContain('Commands:');
  },
);

test('a misspelt command or option is one line that suggests the right one', async () => {
  const command = await runHere(['keys', 'lsit']);
  expect(command.code).toBe(2);
  expect(linesOf(command.stderr)).toEqual(["keywright: unknown command 'lsit' (Did you mean list?)"]);
  const option = await runHere(['keys', 'list', '--tenant', 'acme', '--limitt', '5']);
  expect(option.code).toBe(2);
  expect(linesOf(option.stderr)).toEqual(["keywright: unknown option '--limitt' (Did you mean --limit?)"]);
});

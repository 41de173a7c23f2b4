import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { linesOf, runHere } from './support/run-here.ts';

const commands = [
  ['migrate', 'up'],
  ['migrate', 'down'],
  ['migrate', 'status'],
  ['subscriptions', 'create'],
  ['subscriptions', 'list'],
  ['keys', 'list'],
  ['keys', 'create'],
  ['keys', 'delete'],
  ['keys', 'inspect'],
  ['worker'],
];

test('--help names every variable, every exit code and where to begin', async () => {
  const { code, stdout } = await runHere(['--help']);
  expect(code).toBe(0);
  const source = readFileSync(new URL('../src/config.ts', import.meta.url), 'utf8');
  const variables = new Set(source.match(/^ {2}([A-Z_]+): z$/gm)?.map((line) => line.trim().split(':')[0]));
  expect(variables.size).toBeGreaterThan(5);
  for (const name of variables) expect(stdout).toContain(name);
  expect(stdout).toContain('First steps:');
});

describe.each(commands.map((words) => [words.join(' ')]))('%s', (command) => {
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

test.each([[[]], [['keys']], [['subscriptions']], [['migrate']]])(
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

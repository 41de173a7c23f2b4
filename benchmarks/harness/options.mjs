import { parseArgs } from 'node:util';

export const partNames = ['verify', 'create', 'list', 'revocation', 'reconcile', 'install', 'size'];

export const usage = `npm run bench -- [${partNames.join('] [')}] [--rounds=15] [--cell-ms=300] [--work-tree]

Without a part: all of them, and the report goes to benchmarks/results/latest.md.
--rounds, --cell-ms  how often and for how many milliseconds each candidate runs
--work-tree          install: measure the files as they are, not the last commit`;

/** What the command line asks for. Throws with the usage for anything else. */
export function readOptions(args) {
  const { values, positionals } = parse(args);
  const unknown = positionals.find((name) => !partNames.includes(name));
  if (unknown !== undefined) throw new Error(`There is no part "${unknown}".\n${usage}`);
  return {
    help: values.help,
    parts: positionals.length > 0 ? positionals : partNames,
    isWhole: positionals.length === 0,
    rounds: wholeNumber('rounds', values.rounds),
    cellMs: wholeNumber('cell-ms', values['cell-ms']),
    workTree: values['work-tree'],
  };
}

function parse(args) {
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: {
        help: { type: 'boolean', default: false },
        rounds: { type: 'string', default: '15' },
        'cell-ms': { type: 'string', default: '300' },
        'work-tree': { type: 'boolean', default: false },
      },
    });
  } catch (error) {
    throw new Error(`${error.message}\n${usage}`);
  }
}

function wholeNumber(name, text) {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new Error(`--${name} should be a whole number from 1.\n${usage}`);
  return value;
}

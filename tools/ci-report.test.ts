import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';

const tap = (pass: number, fail: number) =>
  `TAP version 13\n# pass ${pass}\n# fail ${fail}\n# cancelled 0\n# skipped 0\n# todo 0\n`;
const vitest = (...statuses: string[]) => vitestFile('passed', ...statuses);
const vitestFile = (status: string, ...statuses: string[]) => {
  const assertionResults = statuses.map((each, i) => ({ status: each, fullName: `test ${i}` }));
  return JSON.stringify({ testResults: [{ name: 'a.test.ts', status, message: 'broken', assertionResults }] });
};

/** Runs the report over these steps: [exit code, report's file name, its content]. */
function report(...steps: [code: number, file: string, content?: string | undefined][]) {
  const folder = mkdtempSync(path.join(tmpdir(), 'keywright-report-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const [, file, content] of steps) if (content !== undefined) writeFileSync(path.join(folder, file), content);
  const lines = steps.map(([code, file], i) => `step ${i}\t${code}\t${file}\n`);
  writeFileSync(path.join(folder, 'steps.tsv'), lines.join(''));
  const script = path.resolve(import.meta.dirname, 'ci-report.mjs');
  const { stdout, status } = spawnSync(process.execPath, [script, folder], { encoding: 'utf8' });
  return { last: stdout.trimEnd().split('\n').at(-1), status, stdout };
}

test('adds up vitest, node --test and check reports', () => {
  const checks = JSON.stringify({ passed: 4, failed: 0, failures: [] });
  const steps = report([0, 'a.json', vitest('passed', 'skipped')], [0, 'b.tap', tap(3, 0)], [0, 'c.json', checks]);
  expect(steps).toMatchObject({ last: '8 passed, 0 failed, 1 skipped', status: 0 });
});

test('names the failed tests', () => {
  const { stdout, ...rest } = report([1, 'a.json', vitest('passed', 'failed')]);
  expect(rest).toEqual({ last: '1 passed, 1 failed', status: 1 });
  expect(stdout).toContain('step 0: a.test.ts > test 1');
});

test.each<[what: string, code: number, file: string, content?: string]>([
  ['ended badly without a failed test', 1, 'a.json', vitest('passed')],
  ['could not load a test file', 1, 'a.json', vitestFile('failed', 'passed')],
  ['ran out of time', 124, 'a.json', vitest('passed')],
])('a runner that %s is one failure', (_what, code, file, content) => {
  expect(report([code, file, content])).toMatchObject({ last: '1 passed, 1 failed', status: 1 });
});

test.each<[what: string, code: number, file: string, content?: string]>([
  ['died before it wrote its report', 1, 'a.json'],
  ['claims success without a report', 0, 'a.json'],
  ['left half a report', 0, 'a.json', '{"testResults":['],
  ['left a TAP report without its summary', 0, 'a.tap', 'TAP version 13\n'],
  ['ran no test', 0, 'a.json', '{"testResults":[]}'],
  ['has nothing to report and failed', 1, '-'],
])('a step that %s is one failure', (_what, code, file, content) => {
  expect(report([code, file, content])).toMatchObject({ last: '0 passed, 1 failed', status: 1 });
});

test('no step at all is a failure', () => {
  expect(report()).toMatchObject({ last: '0 passed, 1 failed', status: 1 });
});

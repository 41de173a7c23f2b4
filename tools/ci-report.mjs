// node tools/ci-report.mjs FOLDER
// Adds up what the test runners reported in one CI run. FOLDER/steps.tsv has a line for each step: its name, its exit
// code, and the report it had to write: x.json (vitest, or { passed, failed, failures }), x.tap (node --test), or "-"
// for a step without tests. Ends with "N passed, N failed" and with exit code 1 unless everything is well.
import { readFileSync } from 'node:fs';
import path from 'node:path';

const folder = process.argv[2];
const steps = readFileSync(path.join(folder, 'steps.tsv'), 'utf8').trim().split('\n').filter(Boolean);
const total = { passed: 0, failed: 0, skipped: 0 };
const failures = [];

const row = (name, ...figures) => name.padEnd(24) + figures.map((figure) => String(figure).padStart(9)).join('');
console.log(row('step', 'passed', 'failed', 'skipped'));
for (const line of steps) {
  const [name, code, report] = line.split('\t');
  const result = judge(Number(code), report);
  for (const key of Object.keys(total)) total[key] += result[key];
  failures.push(...result.failures.map((failure) => `${name}: ${failure}`));
  console.log(row(name, result.passed, result.failed, result.skipped));
}
if (steps.length === 0) fail(total, failures, 'no step was run');

if (failures.length > 0) console.log(`\nFailed:\n${failures.map((failure) => `  ${failure}`).join('\n')}`);
console.log(`\n${total.passed} passed, ${total.failed} failed${total.skipped > 0 ? `, ${total.skipped} skipped` : ''}`);
process.exitCode = total.failed === 0 ? 0 : 1;

/** The figures of a step's report, plus one failure where the report cannot be the whole truth. */
function judge(code, report) {
  // 124 and 137 are what timeout(1) answers with
  const ending = code === 124 || code === 137 ? 'ran out of time' : `ended with exit code ${code}`;
  let result = { passed: 0, failed: 0, skipped: 0, failures: [] };
  if (report !== '-') {
    try {
      result = read(path.join(folder, report));
      if (result.passed + result.failed + result.skipped === 0)
        fail(result, result.failures, 'its report holds no test');
    } catch {
      fail(result, result.failures, `${ending}, and left no report that can be read`);
    }
  }
  if (code !== 0 && result.failed === 0) fail(result, result.failures, ending);
  return result;
}

function fail(counts, list, reason) {
  counts.failed += 1;
  list.push(reason);
}

function read(file) {
  const text = readFileSync(file, 'utf8');
  if (file.endsWith('.tap')) return readTap(text);
  const json = JSON.parse(text);
  return json.testResults ? readVitest(json) : { skipped: 0, ...json };
}

function readVitest({ testResults }) {
  const result = { passed: 0, failed: 0, skipped: 0, failures: [] };
  for (const { name, status, message, assertionResults } of testResults) {
    const file = path.relative(process.cwd(), name);
    for (const test of assertionResults) {
      if (test.status === 'passed') result.passed += 1;
      else if (test.status === 'failed') fail(result, result.failures, `${file} > ${test.fullName}`);
      else result.skipped += 1;
    }
    // a file that cannot be loaded, or whose hook failed, has no failed test of its own
    if (status === 'failed' && !assertionResults.some((test) => test.status === 'failed'))
      fail(result, result.failures, `${file}: ${message.split('\n')[0] || 'failed outside its tests'}`);
  }
  return result;
}

function readTap(text) {
  const count = (word) => Number(text.match(new RegExp(`^# ${word} (\\d+)$`, 'm'))?.[1] ?? Number.NaN);
  const failed = count('fail') + count('cancelled');
  const result = { passed: count('pass'), failed, skipped: count('skipped') + count('todo') };
  if (Object.values(result).some(Number.isNaN)) throw new Error('it has no summary');
  const failures = [...text.matchAll(/^ *not ok \d+ - (.*)$/gm)].map(([, name]) => name);
  return { ...result, failures };
}

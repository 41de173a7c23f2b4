import { readFileSync } from 'node:fs';
import path from 'node:path';
import { errorCodes } from '@keywright/core';
import { dataPlaneStatuses, errorStatuses } from '@keywright/http-api';
import { expect, test } from 'vitest';

const page = readFileSync(path.resolve(import.meta.dirname, '../docs/errors.md'), 'utf8');

test('docs/errors.md has one entry for each error code, and for nothing else', () => {
  const documented = [...page.matchAll(/^### `([^`]+)`\s*$/gm)].map(([, code]) => code);
  expect(documented.toSorted()).toEqual([...errorCodes].sort());
});

test('each entry begins with the status that HTTP answers, or says that HTTP never does', () => {
  const documented = [...page.matchAll(/^### `([^`]+)`\n(\d{3}|Thrown at start)/gm)].map(([, code, status]) => [
    code,
    status,
  ]);
  const expected = errorCodes.map((code) => [
    code,
    code === 'configuration_invalid' ? 'Thrown at start' : String(errorStatuses[code].status),
  ]);
  expect(Object.fromEntries(documented)).toEqual(Object.fromEntries(expected));
});

test('the data plane has one row for each code, with its statuses', () => {
  const rows = [...page.matchAll(/^\| `([^`]+)` \| ([\d, ]+) \|/gm)].map(([, code, statuses]) => [code, statuses]);
  const expected = Object.entries(dataPlaneStatuses).map(([code, statuses]) => [code, statuses.join(', ')]);
  expect(Object.fromEntries(rows)).toEqual(Object.fromEntries(expected));
});

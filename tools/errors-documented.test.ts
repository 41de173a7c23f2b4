import { readFileSync } from 'node:fs';
import path from 'node:path';
import { errorCodes } from '@keywright/core';
import { expect, test } from 'vitest';

test('docs/errors.md has one entry for each error code, and for nothing else', () => {
  const page = readFileSync(path.resolve(import.meta.dirname, '../docs/errors.md'), 'utf8');
  const documented = [...page.matchAll(/^### `([^`]+)`\s*$/gm)].map(([, code]) => code);
  expect(documented.toSorted()).toEqual([...errorCodes].sort());
});

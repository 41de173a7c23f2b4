import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { renderDatabaseDocs } from '../../../../tools/generate-database-docs.ts';

it('docs/database-schema.md is what the migrations make', async () => {
  const page = readFileSync(new URL('../../../../docs/database-schema.md', import.meta.url), 'utf8');
  expect(page).toBe(await renderDatabaseDocs());
});

import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { readResults, renderCompatibility } from '../../tools/generate-litellm-compatibility.ts';
import { sections } from './sections/sections.ts';

it('docs/litellm-compatibility.md is what the results make', () => {
  const page = readFileSync(new URL('../../docs/litellm-compatibility.md', import.meta.url), 'utf8');
  expect(page).toBe(renderCompatibility(readResults()));
});

it.each(readResults())('the results of $version are of this suite', (results) => {
  const named = ({ title, facts }: { title: string; facts: readonly { id: string; words: string }[] }) => ({
    title,
    facts: facts.map(({ id, words }) => `${id}: ${words}`),
  });
  expect(results.sections.map(named)).toEqual(sections.map(named));
});

it('the suite checks LL-C1 to LL-C93, each once', () => {
  const ids = sections.flatMap(({ facts }) => facts.map(({ id }) => id));
  const all = Array.from({ length: 93 }, (_, index) => `LL-C${index + 1}`);
  expect(ids.toSorted()).toEqual(all.toSorted());
});

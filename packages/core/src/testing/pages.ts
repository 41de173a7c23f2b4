import type { Page, PagePosition, PageRequest } from '@keywright/core';

/** No test writes that many rows: a list that goes on is one that turns in circles. */
const mostPages = 1000;

/** Reads a whole list in pages of `limit`. `between` runs after every page, to change the list under the reader. */
export async function readAll<T>(
  list: (page: PageRequest) => Promise<Page<T>>,
  limit: number,
  between: () => Promise<unknown> = async () => {},
): Promise<T[]> {
  const items: T[] = [];
  let after: PagePosition | undefined;
  let pages = 0;
  do {
    if (++pages > mostPages) throw new Error('The list does not end.');
    const page: Page<T> = await list(after ? { limit, after } : { limit });
    if (page.items.length > limit) throw new Error(`A page of ${limit} holds ${page.items.length} rows.`);
    items.push(...page.items);
    after = page.next;
    await between();
  } while (after);
  return items;
}

/** Texts that break stores which build statements, arrays or patterns from them. */
export const nastyTexts: readonly string[] = [
  `O'Brien "the {great}", back\\slash`,
  "'; drop table api_keys; --",
  '100%_sure',
  '{a,b}',
  '[1, 2]',
  'NULL',
  'null',
  '\\',
  '"',
  '$1',
  ' around ',
  '🦊 Füchse und 狐',
  'a'.repeat(255),
];

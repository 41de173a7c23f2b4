import type { Page } from '@keywright/core';
import { z } from 'zod';
import { encodeCursor } from './cursor.ts';

/** Body of every list. */
export function listSchema<Item extends z.ZodType>(item: Item) {
  return z.strictObject({
    data: z.array(item),
    nextCursor: z.string().nullable().meta({ description: 'For the next page; null on the last one.' }),
  });
}

export function listBody<Row, Body>(
  page: Page<Row>,
  toBody: (row: Row) => Body,
): { data: Body[]; nextCursor: string | null } {
  return { data: page.items.map(toBody), nextCursor: page.next ? encodeCursor(page.next) : null };
}

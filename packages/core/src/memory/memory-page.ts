import { type Page, type PagePosition, type PageRequest, toPage } from '@keywright/core';

/** Cuts a page out of rows in any order: newest first, then by id downwards. */
export function pageOf<T>(rows: readonly T[], request: PageRequest, position: (row: T) => PagePosition): Page<T> {
  const { after, limit } = request;
  const wanted = after ? rows.filter((row) => isBefore(after, position(row))) : rows;
  const sorted = wanted.toSorted((a, b) => (isBefore(position(a), position(b)) ? -1 : 1));
  return toPage(sorted, limit, position);
}

/** Whether `a` stands before `b` in a list. */
function isBefore(a: PagePosition, b: PagePosition): boolean {
  const [timeA, timeB] = [a.createdAt.getTime(), b.createdAt.getTime()];
  return timeA === timeB ? a.id > b.id : timeA > timeB;
}

/** Whether a text holds another one, whatever the case. */
export function holds(text: string | null, part: string): boolean {
  return text?.toLowerCase().includes(part.toLowerCase()) ?? false;
}

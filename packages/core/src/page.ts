/** A place in a list ordered by (createdAt, id), newest first. */
export interface PagePosition {
  createdAt: Date;
  id: string;
}

/** Which part of a list is wanted. */
export interface PageRequest {
  /** 1 to 100. */
  limit: number;
  /** The last row of the page before; absent: from the beginning. */
  after?: PagePosition;
}

/** A part of a list. `next` is absent on the last page. */
export interface Page<T> {
  items: T[];
  next?: PagePosition;
}

/** Cuts `limit` rows from `limit + 1` that were read, so that one query tells whether there is more. */
export function toPage<T>(rows: readonly T[], limit: number, position: (row: T) => PagePosition): Page<T> {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return rows.length > limit && last ? { items, next: position(last) } : { items };
}

import { LiteLlmError } from './errors/litellm-error.ts';

/** One page as LiteLLM gave it. */
export interface PageOf<T> {
  rows: readonly T[];
  /** Rows on all pages; null when LiteLLM does not page this list (/key/aliases of 1.81.12). */
  total: number | null;
  /** Whether LiteLLM stopped counting at `total`, and there may be more. */
  capped?: boolean;
}

/**
 * Every row, page by page, holding one page at a time.
 *
 * @throws LiteLlmError `inconsistent_pages` when rows were deleted meanwhile: later ones moved forward, past the reader
 */
export async function* walkPages<T>(
  size: number,
  read: (page: number) => Promise<PageOf<T>>,
): AsyncGenerator<T, void, undefined> {
  let seen = 0;
  let before = 0;
  for (let page = 1; ; page++) {
    const { rows, total, capped = false } = await read(page);
    if (total !== null && total < before) throw inconsistent(`its total fell from ${before} to ${total}`);
    yield* rows;
    seen += rows.length;
    if (total === null || (seen >= total && !capped)) return;
    if (rows.length < size) {
      if (capped) return;
      throw inconsistent(`it ended after ${seen} of ${total} rows`);
    }
    before = total;
  }
}

export function inconsistent(what: string): LiteLlmError {
  const message = `The list changed while it was read (${what}), so that rows may be missing: read it again.`;
  return new LiteLlmError('inconsistent_pages', message);
}

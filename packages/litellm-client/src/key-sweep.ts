import type { KeyList, LiteLlmKeyRow } from './key-answers.ts';
import { inconsistent } from './pages.ts';

/** The most that /key/list gives at once (LL-C23). */
const largest = 100;

/** How many pages in a row without a new key are read, before it gives up on a list that never stands still. */
const mostIdle = 20;

/**
 * The keys that are there from the beginning to the end of the sweep, and some of those that come or go meanwhile: each
 * once, in ascending order of hash, a page in memory at a time.
 *
 * LiteLLM pages by offset. A key that is made meanwhile pushes others back, so that they come twice; one that is deleted
 * pulls others forward, past the reader. So pages overlap: a page that begins with a key that was read before leaves no
 * gap. Where it does not, earlier pages are read again until one does.
 *
 * @param read one page of what LiteLLM holds, in ascending order of hash
 * @throws LiteLlmError `inconsistent_pages` when it cannot tell that nothing was left out
 */
export async function* sweepKeys(
  read: (page: number, size: number) => Promise<KeyList>,
): AsyncGenerator<LiteLlmKeyRow[], void, undefined> {
  let last = '';
  let from = 0;
  let stepBack = largest;
  for (let idle = 0; idle < mostIdle; ) {
    const { page, size } = pageFrom(from);
    const offset = (page - 1) * size;
    const { keys, total_count: total } = await read(page, size);
    const fresh = keys.filter((key) => key.token > last);
    if (offset > 0 && fresh.length === keys.length) {
      from = Math.max(0, offset - stepBack);
      stepBack *= 2;
      idle += 1;
      continue;
    }
    stepBack = largest;
    idle = fresh.length > 0 ? 0 : idle + 1;
    last = fresh.at(-1)?.token ?? last;
    if (fresh.length > 0) yield fresh;
    const end = offset + keys.length;
    if (keys.length < size && end >= (total ?? 0)) return;
    from = Math.max(0, end - 1);
  }
  throw inconsistent('keys come and go faster than it is read');
}

/** The page that begins at or before an offset, and reaches furthest beyond it. LiteLLM takes a number and a size. */
function pageFrom(from: number): { page: number; size: number } {
  let best = { page: 1, size: largest };
  for (let size = largest; size > largest / 2; size--) {
    const page = Math.floor(from / size) + 1;
    if (page * size > best.page * best.size) best = { page, size };
  }
  return best;
}

// Closed loops: the next call begins when the one before it has ended. Each returns calls per second.

/** @typedef {{ name: string, run: (index: number) => unknown, batch?: number, isSync?: boolean, before?: () => unknown }} Candidate */

/** Runs a candidate for `ms`, by `workers` loops at once in this process. */
export async function callsPerSecond(candidate, workers, ms) {
  const start = performance.now();
  const end = start + ms;
  const calls = candidate.isSync ? syncLoop(candidate, end) : await asyncLoops(candidate, workers, end);
  return (calls / (performance.now() - start)) * 1000;
}

/** What needs no await gets none, so that a base is as fast as it can be. */
function syncLoop({ run, batch = 1 }, end) {
  let index = 0;
  while (performance.now() < end) for (const stop = index + batch; index < stop; index++) run(index);
  return index;
}

/** The workers share one counter: no two of them run the same index at a time. */
async function asyncLoops({ run, batch = 1 }, workers, end) {
  let next = 0;
  let calls = 0;
  const worker = async () => {
    while (performance.now() < end) {
      for (let left = batch; left > 0; left--) {
        await run(next++);
        calls++;
      }
    }
  };
  await Promise.all(Array.from({ length: workers }, worker));
  return calls;
}

// Closed loops: the next call begins when the one before it has ended.

/** @typedef {{ name: string, run: (index: number) => unknown, batch?: number, isSync?: boolean, before?: () => unknown }} Candidate */

/** Runs a candidate for `ms`, by `workers` loops at once in this process: calls per second, and CPU time for each call. */
export async function runFor(candidate, workers, ms) {
  const cpuBefore = process.cpuUsage();
  const start = performance.now();
  const end = start + ms;
  const calls = candidate.isSync ? syncLoop(candidate, end) : await asyncLoops(candidate, workers, end);
  const seconds = (performance.now() - start) / 1000;
  const { user, system } = process.cpuUsage(cpuBefore);
  return { callsPerSecond: calls / seconds, cpuMicroseconds: (user + system) / calls };
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

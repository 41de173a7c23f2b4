import { setImmediate } from 'node:timers/promises';
import { runFor } from './loops.mjs';
import { spreadOf } from './statistics.mjs';

/**
 * Measures candidates against each other: every round runs each of them once, one after the other, so that whatever
 * else the machine does meets all of them alike. Each round begins with another candidate.
 */
export async function compare(candidates, workers, { rounds, cellMs }) {
  const cells = new Map(candidates.map(({ name }) => [name, []]));
  for (const candidate of candidates) await cell(candidate, workers, cellMs); // warm-up: compiled, connected, planned
  for (let round = 0; round < rounds; round++) {
    for (let turn = 0; turn < candidates.length; turn++) {
      const candidate = candidates[(round + turn) % candidates.length];
      cells.get(candidate.name).push(await cell(candidate, workers, cellMs));
    }
  }
  return new Comparison(cells);
}

async function cell(candidate, workers, ms) {
  await candidate.before?.();
  globalThis.gc?.(); // nobody pays for the garbage of the one before
  await setImmediate();
  return runFor(candidate, workers, ms);
}

/** What was measured, by candidate: one cell for each round. */
class Comparison {
  #cells;

  constructor(cells) {
    this.#cells = cells;
  }

  /** Calls per second. */
  rate(name) {
    return spreadOf(this.#cells.get(name).map(({ callsPerSecond }) => callsPerSecond));
  }

  /** Microseconds of this process for one call, whatever else the machine did. */
  cpu(name) {
    return spreadOf(this.#cells.get(name).map(({ cpuMicroseconds }) => cpuMicroseconds));
  }

  /** A ratio is taken within each round, never between rounds. */
  ratio(name, base) {
    const bases = this.#cells.get(base);
    return spreadOf(
      this.#cells.get(name).map(({ callsPerSecond }, round) => callsPerSecond / bases[round].callsPerSecond),
    );
  }

  /** Every candidate, each with its ratio to the base. */
  rows(base) {
    return [...this.#cells.keys()].map((name) => ({
      name,
      rate: this.rate(name),
      ratio: this.ratio(name, base),
      cpu: this.cpu(name),
    }));
  }
}

import { setImmediate } from 'node:timers/promises';
import { callsPerSecond } from './loops.mjs';
import { spreadOf } from './statistics.mjs';

/**
 * Measures candidates against each other: every round runs each of them once, one after the other, so that whatever
 * else the machine does meets all of them alike. Each round begins with another candidate.
 */
export async function compare(candidates, workers, { rounds, cellMs }) {
  const rates = new Map(candidates.map(({ name }) => [name, []]));
  for (const candidate of candidates) await cell(candidate, workers, cellMs); // warm-up: compiled, connected, planned
  for (let round = 0; round < rounds; round++) {
    for (let turn = 0; turn < candidates.length; turn++) {
      const candidate = candidates[(round + turn) % candidates.length];
      rates.get(candidate.name).push(await cell(candidate, workers, cellMs));
    }
  }
  return new Comparison(rates);
}

async function cell(candidate, workers, ms) {
  await candidate.before?.();
  globalThis.gc?.(); // nobody pays for the garbage of the one before
  await setImmediate();
  return callsPerSecond(candidate, workers, ms);
}

/** Calls per second by candidate, one number for each round. */
class Comparison {
  #rates;

  constructor(rates) {
    this.#rates = rates;
  }

  rate(name) {
    return spreadOf(this.#rates.get(name));
  }

  /** A ratio is taken within each round, never between rounds. */
  ratio(name, base) {
    const bases = this.#rates.get(base);
    return spreadOf(this.#rates.get(name).map((rate, round) => rate / bases[round]));
  }

  /** Every candidate, each with its ratio to the base. */
  rows(base) {
    return [...this.#rates.keys()].map((name) => ({ name, rate: this.rate(name), ratio: this.ratio(name, base) }));
  }
}

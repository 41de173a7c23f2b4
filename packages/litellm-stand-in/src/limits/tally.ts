/** Nano-USD by name; what is not in it is 0. */
export class Tally {
  readonly #amounts = new Map<string, bigint>();

  of(name: string): bigint {
    return this.#amounts.get(name) ?? 0n;
  }

  add(name: string, nano: bigint): void {
    const sum = this.of(name) + nano;
    if (sum === 0n) this.#amounts.delete(name);
    else this.#amounts.set(name, sum);
  }
}

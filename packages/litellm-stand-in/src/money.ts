/** Money is whole nano-USD (1e-9 USD) as a bigint inside, so that sums have no drift; a JSON number in USD outside. */

const nanoPerUsd = 1e9;

/** Nano-USD of an amount in USD, rounded to the nearest. */
export function toNano(usd: number): bigint {
  return BigInt(Math.round(usd * nanoPerUsd));
}

/** USD as the number that JSON answers carry. */
export function toUsd(nano: bigint): number {
  return Number(nano) / nanoPerUsd;
}

/**
 * Nano-USD of a price in USD per token.
 *
 * @throws RangeError when the price is negative or no whole number of nano-USD, because it could not be charged exactly.
 */
export function priceToNano(usdPerToken: number): bigint {
  const nano = usdPerToken * nanoPerUsd;
  const whole = Math.round(nano);
  if (!(usdPerToken >= 0) || Math.abs(nano - whole) > 1e-6) {
    throw new RangeError(`a price must be a whole number of nano-USD (1e-9 USD) per token, got ${usdPerToken}`);
  }
  return BigInt(whole);
}

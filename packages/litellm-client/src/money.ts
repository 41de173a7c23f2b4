import { formatUsd, roundUsd } from '@keywright/core';

const decimal = /^(\d{1,20})(?:\.(\d{1,60}))?(?:e([+-]?\d{1,3}))?$/i;

/**
 * Reads a non-negative decimal number (`0.048`, `1.5e-07`) as an integer number of 10^-places, rounded to the nearest,
 * without going through a float. Undefined for anything else, and for what is too large to be an amount.
 *
 * @example scaleDecimal('1.5e-07', 15) // 150000000n: USD for one token as nano-USD for a million
 */
export function scaleDecimal(value: string, places: number): bigint | undefined {
  const match = decimal.exec(value.trim());
  if (!match?.[1]) return undefined;
  const fraction = match[2] ?? '';
  const digits = BigInt(match[1] + fraction);
  const shift = places + Number(match[3] ?? 0) - fraction.length;
  if (shift > 60) return digits === 0n ? 0n : undefined;
  if (shift >= 0) return digits * 10n ** BigInt(shift);
  const divisor = 10n ** BigInt(-shift);
  return (digits + divisor / 2n) / divisor;
}

/**
 * Nano-USD as the JSON number of USD that LiteLLM takes. Exact to nine decimals up to four million USD; above, to
 * the sixteen digits that a double holds, which is what LiteLLM stores.
 */
export function toUsdNumber(nano: bigint): number {
  return Number(formatUsd(nano));
}

/** The other way round: what {@link toUsdNumber} wrote comes back unchanged, LiteLLM's sums of floats are rounded. */
export function fromUsdNumber(usd: number): bigint {
  return roundUsd(usd) ?? 0n;
}

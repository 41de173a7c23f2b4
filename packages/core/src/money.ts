/** Nano-USD in one USD. Money is an integer number of nano-USD inside, never a float. */
export const nanoPerUsd = 1_000_000_000n;

/** `numeric(20,9)` holds eleven digits before the point. */
export const maxNanoUsd = 100_000_000_000n * nanoPerUsd - 1n;

const decimal = /^(\d{1,11})(?:\.(\d{1,9}))?$/;

/**
 * Reads an amount of USD. Returns undefined for what is no amount: negative, more than nine decimals, more than
 * eleven digits before the point, or no plain decimal.
 *
 * @example parseUsd('0.000000001') // 1n
 */
export function parseUsd(value: string | number): bigint | undefined {
  const match = decimal.exec(typeof value === 'number' ? plainDecimal(value) : value);
  if (!match?.[1]) return undefined;
  return BigInt(match[1]) * nanoPerUsd + BigInt((match[2] ?? '').padEnd(9, '0'));
}

/** Writes nano-USD as a decimal string of USD without trailing zeros: `1500000000n` becomes `"1.5"`. */
export function formatUsd(nano: bigint): string {
  const sign = nano < 0n ? '-' : '';
  const absolute = nano < 0n ? -nano : nano;
  const fraction = (absolute % nanoPerUsd).toString().padStart(9, '0').replace(/0+$/, '');
  return `${sign}${absolute / nanoPerUsd}${fraction ? `.${fraction}` : ''}`;
}

/**
 * Turns a float of USD that someone else computed (LiteLLM's spend and prices) into nano-USD, rounded to the nearest.
 * Returns undefined for a number that is not finite.
 */
export function roundUsd(value: number): bigint | undefined {
  return Number.isFinite(value) ? BigInt(Math.round(value * 1e9)) : undefined;
}

/** Small numbers print as `1e-9`; an amount is written out instead. */
function plainDecimal(value: number): string {
  const text = String(value);
  if (!/^\d(\.\d+)?e-\d+$/.test(text)) return text;
  const [digits = '', exponent = ''] = text.split('e-');
  return `0.${'0'.repeat(Number(exponent) - 1)}${digits.replace('.', '')}`;
}

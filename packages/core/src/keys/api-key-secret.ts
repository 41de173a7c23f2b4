import { hash, randomBytes } from 'node:crypto';
import { crc32 } from './checksum.ts';

const base62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const randomLength = 43; // 62^43 > 2^256
const checksumLength = 6; // 62^6 > 2^32
const shownRandom = 4;
/** Nothing that is longer is looked at: hashing a megabyte is a gift to an attacker. */
const maxLength = 256;

const redacted = '[secret]';

/**
 * An API key in the clear. It prints as `[secret]` everywhere (templates, JSON, `console.log`); only `reveal()` gives
 * the text away, so that every place that does can be found.
 */
export class ApiKeySecret {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  reveal(): string {
    return this.#text;
  }

  /**
   * SHA-256 of the whole secret, lower-case hex; equals LiteLLM's token id. A slow or salted hash would protect weak
   * secrets against guessing; these hold 256 random bits, so there is nothing to guess (NIST SP 800-63B, 5.1.2.2:
   * look-up secrets of 112 bits and more need a plain approved hash only).
   */
  get hash(): string {
    return hashSecret(this.#text);
  }

  /** The visible beginning: through the first four random characters of our format, else the first seven. */
  get prefix(): string {
    const ours = splitSecret(this.#text);
    return ours ? this.#text.slice(0, ours.randomStart + shownRandom) : this.#text.slice(0, 7);
  }

  toString(): string {
    return redacted;
  }

  toJSON(): string {
    return redacted;
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return redacted;
  }
}

export function hashSecret(text: string): string {
  return hash('sha256', text);
}

/**
 * Makes a secret: `sk-<brand>_<43 base62 characters, 256 random bits><6 base62 characters, CRC-32 of what stands
 * before>`. It begins with `sk-` because LiteLLM demands it, so the same secret works here and there.
 *
 * @param brand 1 to 20 of `a-z`, `0-9`, `_` and `-`
 */
export function generateSecret(brand = 'kw'): ApiKeySecret {
  const body = `sk-${brand}_${toBase62(BigInt(`0x${randomBytes(32).toString('hex')}`), randomLength)}`;
  return new ApiKeySecret(body + toBase62(BigInt(crc32(body)), checksumLength));
}

export const secretBrandPattern = /^[a-z0-9](?:[a-z0-9_-]{0,18}[a-z0-9])?$/;

/** `kw`: ours, with a checksum. `litellm`: made by LiteLLM itself. Others are registered by an import. */
export type SecretFormat = 'kw' | 'litellm' | (string & {});

/** A format that verify accepts besides ours and LiteLLM's. */
export interface AcceptedFormat {
  name: string;
  /** Anchored at both ends; applied to at most 256 characters. */
  pattern: RegExp;
}

export const liteLlmFormat: AcceptedFormat = { name: 'litellm', pattern: /^sk-[A-Za-z0-9_-]{22}$/ };

/**
 * Which format a presented text has; undefined when it is `malformed`: too long, of no accepted format, or with a
 * wrong checksum. Touches no store.
 */
export function secretFormat(
  text: string,
  accepted: readonly AcceptedFormat[] = [liteLlmFormat],
): SecretFormat | undefined {
  if (text.length > maxLength) return undefined;
  const ours = splitSecret(text);
  if (ours) return ours.checksumMatches ? 'kw' : undefined;
  // not `test`, which goes on where it stopped the last time when a pattern has the flag g or y
  return accepted.find((format) => text.search(format.pattern) >= 0)?.name;
}

/** Reads our format from the right, because a brand may hold `_` itself. Undefined when it is another format. */
export function splitSecret(
  text: string,
): { brand: string; randomStart: number; checksumMatches: boolean } | undefined {
  const randomStart = text.length - randomLength - checksumLength;
  if (randomStart < 5 || !text.startsWith('sk-') || text[randomStart - 1] !== '_') return undefined;
  if (!isBase62(text, randomStart)) return undefined;
  const brand = text.slice(3, randomStart - 1);
  if (!secretBrandPattern.test(brand)) return undefined;
  const checksumStart = text.length - checksumLength;
  return { brand, randomStart, checksumMatches: fromBase62(text, checksumStart) === crc32(text, checksumStart) };
}

function toBase62(value: bigint, length: number): string {
  let text = '';
  for (let rest = value; text.length < length; rest /= 62n) text = base62.charAt(Number(rest % 62n)) + text;
  return text;
}

function fromBase62(text: string, start: number): number {
  let value = 0;
  for (let index = start; index < text.length; index++) value = value * 62 + base62Digit(text.charCodeAt(index));
  return value;
}

function isBase62(text: string, start: number): boolean {
  for (let index = start; index < text.length; index++) if (base62Digit(text.charCodeAt(index)) < 0) return false;
  return true;
}

/** By character code; -1 is no digit. A table, because each verify looks at 49 characters. */
const base62Digits = new Int8Array(128).fill(-1);
for (let value = 0; value < base62.length; value++) base62Digits[base62.charCodeAt(value)] = value;

function base62Digit(code: number): number {
  return base62Digits[code] ?? -1;
}

/** A short one only as a word of its own (`task-force` is none); a long one also behind a letter, as in `\\nsk-...`. */

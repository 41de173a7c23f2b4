import { randomBytes } from 'node:crypto';

const tailBits = 74n; // rand_a (12) and rand_b (62)
let lastMs = -1;
let lastTail = 0n;

/**
 * A UUIDv7 (RFC 9562, section 5.7): 48 bits of Unix time in milliseconds, then random bits. Made by the application,
 * so that a row's id is known before the row is written. Ids that one process makes in one millisecond are in order
 * too (section 6.2, method 2), so that lists tell what came first.
 */
export function uuidv7(nowMs: number): string {
  lastTail = nowMs === lastMs ? lastTail + 1n + randomBits(32n) : randomBits(tailBits - 1n); // room to count on
  lastMs = nowMs;
  const time = nowMs.toString(16).padStart(12, '0');
  const high = (lastTail >> 62n).toString(16).padStart(3, '0');
  const low = (BigInt.asUintN(62, lastTail) | (0b10n << 62n)).toString(16); // variant 10
  return `${time.slice(0, 8)}-${time.slice(8)}-7${high}-${low.slice(0, 4)}-${low.slice(4)}`;
}

function randomBits(count: bigint): bigint {
  return BigInt.asUintN(Number(count), BigInt(`0x${randomBytes(10).toString('hex')}`));
}

/** The time inside a UUIDv7, in milliseconds since the epoch. */
export function uuidv7Time(id: string): number {
  return Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16);
}

const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/**
 * An id as we write it. PostgreSQL takes a UUID in either case, so callers may too; but caches, sync tasks and filters
 * compare texts, and one key must be one text.
 */
export function canonicalId(id: string): string {
  return isUuid(id) ? id.toLowerCase() : id;
}

/** Whether a text has the form of a UUID. An id that has not is simply not found: never a database error. */
export function isUuid(text: string): boolean {
  return uuidPattern.test(text);
}

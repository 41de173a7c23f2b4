import { formatUsd, isUuid } from '@keywright/core';

/** Nano-USD as USD for a `numeric(20,9)` column. Null and undefined stay what they are. */
export function toUsd(nano: bigint): string;
export function toUsd<T extends null | undefined>(nano: bigint | T): string | T;
export function toUsd<T extends null | undefined>(nano: bigint | T): string | T {
  return typeof nano === 'bigint' ? formatUsd(nano) : nano;
}

/** Nano-USD from a `numeric(20,9)` column, which PostgreSQL always prints with nine decimals: `1.500000000`. */
export function fromUsd(text: string): bigint;
export function fromUsd(text: string | null): bigint | null;
export function fromUsd(text: string | null): bigint | null {
  return text === null ? null : BigInt(text.replace('.', ''));
}

/** A count from a `bigint` column. */
export function fromCount(text: string): number;
export function fromCount(text: string | null): number | null;
export function fromCount(text: string | null): number | null {
  return text === null ? null : Number(text);
}

const hashPattern = /^[0-9a-f]{64}$/;
const noHash = Buffer.alloc(0);

/** A hash as bytes. What is no SHA-256 in lower-case hex becomes no bytes, which no row has. */
export function toHash(hex: string): Uint8Array {
  return hashPattern.test(hex) ? Buffer.from(hex, 'hex') : noHash;
}

export function fromHash(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex');
}

/** An id to look for. PostgreSQL refuses to compare with what is no UUID; the nil UUID is the id of no row. */
export function toUuid(id: string): string {
  return isUuid(id) ? id : '00000000-0000-0000-0000-000000000000';
}

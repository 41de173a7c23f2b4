import { crc32 as nodeCrc32 } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { crc32 } from '../../src/keys/checksum.ts';

const ascii = fc.string({ unit: 'binary-ascii', maxLength: 300 });

describe('crc32', () => {
  it('gives the known check value', () => {
    expect(crc32('123456789')).toBe(0xcbf43926);
    expect(crc32('')).toBe(0);
  });

  it('equals what zlib computes', () => {
    fc.assert(fc.property(ascii, (text) => crc32(text) === nodeCrc32(text)));
  });

  it('reads no further than it is told', () => {
    fc.assert(
      fc.property(
        ascii,
        fc.nat(300),
        (text, end) => crc32(text, Math.min(end, text.length)) === crc32(text.slice(0, end)),
      ),
    );
  });
});

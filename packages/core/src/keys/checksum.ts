const table = new Uint32Array(256).map((_, index) => {
  let value = index;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? 0xedb88320 ^ (value >>> 1) : value >>> 1;
  return value;
});

/**
 * CRC-32 (ISO-HDLC, as in gzip) of an ASCII text. It finds typing errors and random strings before anything is looked
 * up; it is no protection against anyone.
 */
export function crc32(ascii: string, end = ascii.length): number {
  let crc = 0xffffffff;
  for (let index = 0; index < end; index++) {
    crc = (crc >>> 8) ^ (table[(crc ^ ascii.charCodeAt(index)) & 0xff] ?? 0);
  }
  return (crc ^ 0xffffffff) >>> 0;
}

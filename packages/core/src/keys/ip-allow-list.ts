import { z } from 'zod';

const rangeMessage = 'should be an IP address or CIDR range, such as "203.0.113.7" or "2001:db8::/32"';

export const ipRange = z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()], { error: rangeMessage });

interface Range {
  bits: bigint;
  prefix: bigint;
  width: bigint;
}

/**
 * Makes a test of addresses against an allow-list, once per key, so that a warm verify only compares. An IPv4 address
 * that arrives as `::ffff:a.b.c.d` counts as the IPv4 address. An address that cannot be read is not allowed.
 */
export function compileAllowList(allowed: readonly string[]): (address: string) => boolean {
  const ranges = allowed.map(parseRange);
  return (address) => {
    const parsed = parseAddress(address);
    if (!parsed) return false;
    return ranges.some(
      (range) =>
        range !== undefined &&
        range.width === parsed.width &&
        parsed.bits >> (range.width - range.prefix) === range.bits,
    );
  };
}

function parseRange(text: string): Range | undefined {
  const [address = '', length] = text.split('/');
  const parsed = parseAddress(address);
  if (!parsed) return undefined;
  const prefix = length === undefined ? parsed.width : BigInt(length);
  return { bits: parsed.bits >> (parsed.width - prefix), prefix, width: parsed.width };
}

function parseAddress(text: string): { bits: bigint; width: bigint } | undefined {
  const address = text.replace(/%.*$/, ''); // a zone (fe80::1%eth0) says where a link is, not who calls
  if (z.ipv4().safeParse(address).success) return { bits: ipv4Bits(address), width: 32n };
  if (!z.ipv6().safeParse(address).success) return undefined;
  const bits = ipv6Bits(address);
  return bits >> 32n === 0xffffn ? { bits: bits & 0xffffffffn, width: 32n } : { bits, width: 128n };
}

function ipv4Bits(address: string): bigint {
  return address.split('.').reduce((bits, part) => (bits << 8n) | BigInt(part), 0n);
}

function ipv6Bits(address: string): bigint {
  const groups = (part: string) =>
    part === ''
      ? []
      : part.split(':').flatMap((group) => (group.includes('.') ? ipv4Groups(group) : [BigInt(`0x${group}`)]));
  const [head = '', tail] = address.split('::');
  const before = groups(head);
  const after = tail === undefined ? [] : groups(tail);
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => 0n);
  return [...before, ...zeros, ...after].reduce((bits, group) => (bits << 16n) | group, 0n);
}

function ipv4Groups(address: string): bigint[] {
  const bits = ipv4Bits(address);
  return [bits >> 16n, bits & 0xffffn];
}

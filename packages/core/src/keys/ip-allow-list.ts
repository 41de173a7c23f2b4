import { z } from 'zod';

const rangeMessage = 'should be an IP address or CIDR range, such as "203.0.113.7" or "2001:db8::/32"';

export const ipRange = z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()], { error: rangeMessage });

const ipv4 = z.ipv4();
const ipv6 = z.ipv6();

interface Address {
  bits: bigint;
  width: 32n | 128n;
}

interface Range extends Address {
  prefix: bigint;
}

/**
 * Makes a test of addresses against an allow-list, once per key, so that a warm verify only compares. An IPv4 address
 * that arrives as `::ffff:a.b.c.d` counts as the IPv4 address. An address that cannot be read is not allowed, and an
 * entry that cannot be read allows nothing.
 */
export function compileAllowList(allowed: readonly string[]): (address: string) => boolean {
  const ranges = allowed.map(parseRange).filter((range) => range !== undefined);
  return (text) => {
    const read = readAddress(text.replace(/%.*$/, '')); // a zone (fe80::1%eth0) says where a link is, not who calls
    if (!read) return false;
    const { bits, width } = isMapped(read) ? unmapped(read) : read;
    return ranges.some((range) => range.width === width && bits >> (width - range.prefix) === range.bits);
  };
}

function parseRange(text: string): Range | undefined {
  const [, address = '', length] = /^([^/]*)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  const read = readAddress(address);
  if (!read) return undefined;
  const prefix = length === undefined ? read.width : BigInt(length);
  if (prefix > read.width) return undefined;
  if (isMapped(read) && prefix >= 96n) return rangeOf(unmapped(read), prefix - 96n);
  return rangeOf(read, prefix);
}

function rangeOf({ bits, width }: Address, prefix: bigint): Range {
  return { bits: bits >> (width - prefix), width, prefix };
}

function readAddress(address: string): Address | undefined {
  if (ipv4.safeParse(address).success) return { bits: ipv4Bits(address), width: 32n };
  return ipv6.safeParse(address).success ? { bits: ipv6Bits(address), width: 128n } : undefined;
}

/** Whether an IPv6 address stands for an IPv4 one (RFC 4291, section 2.5.5.2). */
function isMapped({ bits, width }: Address): boolean {
  return width === 128n && bits >> 32n === 0xffffn;
}

function unmapped({ bits }: Address): Address {
  return { bits: bits & 0xffffffffn, width: 32n };
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

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileAllowList, ipRange } from '../../src/keys/ip-allow-list.ts';

const isAllowed = (range: string, address: string) => compileAllowList([range])(address);

describe('compileAllowList', () => {
  it.each([
    ['203.0.113.7', '203.0.113.7', true],
    ['203.0.113.7', '203.0.113.8', false],
    ['203.0.113.0/24', '203.0.113.255', true],
    ['203.0.113.0/24', '203.0.114.0', false],
    ['203.0.113.77/24', '203.0.113.1', true],
    ['10.0.0.0/8', '10.255.255.255', true],
    ['10.0.0.0/8', '11.0.0.0', false],
    ['10.0.0.0/9', '10.128.0.0', false],
    ['0.0.0.0/0', '255.255.255.255', true],
    ['255.255.255.255/32', '255.255.255.255', true],
    ['2001:db8::/32', '2001:db8:ffff:ffff:ffff:ffff:ffff:ffff', true],
    ['2001:db8::/32', '2001:db9::', false],
    ['2001:DB8::1', '2001:0db8:0:0:0:0:0:0001', true],
    ['::1', '::1', true],
    ['::1', '::2', false],
    ['::/0', 'fe80::1', true],
    ['1:2:3:4:5:6:7:8', '1:2:3:4:5:6:7:8', true],
    ['1:2:3:4:5:6:7::', '1:2:3:4:5:6:7:0', true],
    ['2001:db8::/127', '2001:db8::1', true],
    ['2001:db8::/127', '2001:db8::2', false],
    ['64:ff9b::192.0.2.1', '64:ff9b::c000:201', true],
  ])('%s for %s is %s', (range, address, allowed) => {
    expect(isAllowed(range, address)).toBe(allowed);
  });

  it.each([
    ['203.0.113.7', '::ffff:203.0.113.7', true],
    ['203.0.113.0/24', '::FFFF:cb00:7109', true],
    ['::ffff:203.0.113.7', '203.0.113.7', true],
    ['::ffff:203.0.113.0/120', '203.0.113.9', true],
    ['::ffff:203.0.113.0/120', '203.0.114.9', false],
    ['::ffff:0:0/96', '198.51.100.1', true],
    ['::ffff:0:0/96', '::1', false],
    ['::/0', '203.0.113.7', false],
    ['0.0.0.0/0', '::1', false],
  ])('reads an IPv4 address within IPv6 as the IPv4 address: %s for %s is %s', (range, address, allowed) => {
    expect(isAllowed(range, address)).toBe(allowed);
  });

  it('passes over the zone of an address', () => {
    expect(isAllowed('fe80::1', 'fe80::1%eth0')).toBe(true);
    expect(isAllowed('fe80::1', 'fe80::2%fe80::1')).toBe(false);
  });

  it.each([
    '',
    'x',
    'localhost',
    '1.2.3',
    '1.2.3.4.5',
    '256.1.1.1',
    '01.2.3.4',
    '1.2.3.4:80',
    '[::1]',
    ':::',
    '1::2::3',
    '::g',
    '1.2.3.4/32',
    ' 1.2.3.4',
  ])('does not allow %j, which is no address, even from anywhere', (address) => {
    expect(compileAllowList(['0.0.0.0/0', '::/0'])(address)).toBe(false);
  });

  it('allows nothing for an entry that is no range', () => {
    for (const range of [
      '',
      'x',
      '1.2.3.4/',
      '1.2.3.4/x',
      '1.2.3.4/33',
      '1.2.3.4/-1',
      '::/129',
      '1.2.3.4/8/8',
      '1.2.3.4/1e1',
    ]) {
      for (const address of ['1.2.3.4', '0.0.0.0', '::', '::1']) expect(isAllowed(range, address)).toBe(false);
    }
  });

  it('allows what any of the entries allows, and nothing when there are none', () => {
    const isListed = compileAllowList(['10.0.0.1', '::1', '192.0.2.0/24']);
    expect(['10.0.0.1', '::1', '192.0.2.200'].every(isListed)).toBe(true);
    expect(isListed('10.0.0.2')).toBe(false);
    expect(compileAllowList([])('10.0.0.1')).toBe(false);
  });

  it('agrees with counting bits, whatever address and length', () => {
    const octets = fc.tuple(fc.nat(255), fc.nat(255), fc.nat(255), fc.nat(255));
    const bitsOf = (parts: number[]) => parts.map((part) => part.toString(2).padStart(8, '0')).join('');
    fc.assert(
      fc.property(octets, octets, fc.nat(32), (a, b, length) => {
        const expected = bitsOf(a).slice(0, length) === bitsOf(b).slice(0, length);
        expect(isAllowed(`${a.join('.')}/${length}`, b.join('.'))).toBe(expected);
        expect(isAllowed(`::ffff:${a.join('.')}/${length + 96}`, `::ffff:${b.join('.')}`)).toBe(expected);
      }),
    );
    fc.assert(fc.property(fc.ipV6(), (address) => isAllowed(address, address)));
  });
});

describe('ipRange', () => {
  it.each(['203.0.113.7', '203.0.113.0/24', '::1', '2001:db8::/32', '::ffff:1.2.3.4', '0.0.0.0/0', '::/0'])(
    'takes %s',
    (text) => {
      expect(ipRange.safeParse(text).success).toBe(true);
    },
  );

  it.each([
    '',
    'x',
    'example.com',
    '1.2.3',
    '1.2.3.4/',
    '1.2.3.4/33',
    '::/129',
    'fe80::1%eth0',
    '1.2.3.4-5',
    '1.2.3.4/8/8',
    '[::1]',
    ' ::1',
  ])('refuses %j', (text) => {
    expect(ipRange.safeParse(text).success).toBe(false);
  });
});

import { type Actor, authorise, own, type Reach, type Role, roles } from '@keywright/core';
import { describe, expect, it } from 'vitest';

const actor = (...given: Role[]): Actor => ({ tenantId: 'home', userId: 'alice', roles: given });
const home: Reach = { of: 'tenant' };
const named: Reach = { of: 'tenant', tenantId: 'home' };
const other: Reach = { of: 'tenant', tenantId: 'other' };

/** Which roles may do what, each alone. Everything that is not named is refused. */
const table: [string, Reach, 'read' | 'write', readonly Role[], object][] = [
  ['read their own', own, 'read', roles, { tenantId: 'home', userId: 'alice' }],
  ['write their own', own, 'write', roles, { tenantId: 'home', userId: 'alice' }],
  ['read their tenant', home, 'read', ['admin', 'admin-readonly', 'operator'], { tenantId: 'home' }],
  ['write their tenant', home, 'write', ['admin', 'operator'], { tenantId: 'home' }],
  ['read their tenant by name', named, 'read', ['admin', 'admin-readonly', 'operator'], { tenantId: 'home' }],
  ['write their tenant by name', named, 'write', ['admin', 'operator'], { tenantId: 'home' }],
  ['read another tenant', other, 'read', ['operator'], { tenantId: 'other' }],
  ['write another tenant', other, 'write', ['operator'], { tenantId: 'other' }],
];

const cases = table.flatMap(([what, reach, access, who, scope]) =>
  roles.map((role) => [role, who.includes(role) ? 'may' : 'may not', what, { reach, access, scope }] as const),
);

describe('authorise', () => {
  it.each(cases)('a %s %s %s', (role, may, _, { reach, access, scope }) => {
    if (may === 'may') expect(authorise(actor(role), reach, access)).toEqual(scope);
    else expect(() => authorise(actor(role), reach, access)).toThrow(expect.objectContaining({ code: 'forbidden' }));
  });

  it('lets nobody without a role beyond their own', () => {
    expect(authorise(actor(), own, 'write')).toEqual({ tenantId: 'home', userId: 'alice' });
    for (const reach of [home, named, other]) expect(() => authorise(actor(), reach, 'read')).toThrow('role');
  });

  it('adds up roles', () => {
    expect(authorise(actor('user', 'admin-readonly', 'admin'), home, 'write')).toEqual({ tenantId: 'home' });
    expect(authorise(actor('user', 'operator'), other, 'write')).toEqual({ tenantId: 'other' });
  });

  it('never takes an empty name for the own tenant', () => {
    expect(() => authorise(actor('admin'), { of: 'tenant', tenantId: '' }, 'read')).toThrow('operator');
  });
});

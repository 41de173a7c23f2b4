import { randomBytes } from 'node:crypto';
import { type Role, roles } from '@keywright/core';
import { z } from 'zod';

/** Somebody who can sign in at the example server; a real host has sessions of its own instead. */
export interface DemoUser {
  /** `Authorization: Bearer <token>` signs in. */
  token: string;
  tenantId: string;
  userId: string;
  name: string;
  roles: Role[];
}

const id = z
  .string()
  .min(1, 'should be a text of 1 to 255 characters')
  .max(255, 'should be a text of 1 to 255 characters');

export const demoUsersSchema = z
  .array(
    z.strictObject({
      token: z.string().regex(/^[\w.~+/=-]{16,200}$/, 'should be 16 to 200 letters, digits and -._~+/='),
      tenantId: id,
      userId: id,
      name: id,
      roles: z.array(z.enum(roles, { error: `should be one of ${roles.join(', ')}` })).min(1, 'should name a role'),
    }),
    { error: 'should be a JSON array of {"token", "tenantId", "userId", "name", "roles"}' },
  )
  .min(1, 'should hold at least one user')
  .refine((users) => new Set(users.map(({ token }) => token)).size === users.length, 'should hold no token twice');

/** Two tenants, and every role, each with a token that is good until the server stops. */
export function defaultDemoUsers(): DemoUser[] {
  const user = (userId: string, name: string, tenantId: string, ...roles: Role[]): DemoUser => ({
    token: randomBytes(24).toString('base64url'),
    tenantId,
    userId,
    name,
    roles,
  });
  return [
    user('alice', 'Alice', 'acme', 'user'),
    user('bob', 'Bob', 'acme', 'user'),
    user('carol', 'Carol', 'globex', 'user'),
    user('dana', 'Dana (admin)', 'acme', 'user', 'admin'),
    user('olga', 'Olga (operator)', 'acme', 'user', 'operator'),
  ];
}

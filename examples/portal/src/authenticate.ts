import { createHash, timingSafeEqual } from 'node:crypto';
import type { Actor } from '@keywright/core';
import type { Request } from 'express';
import type { DemoUser } from './demo-users.ts';

export interface SignIn {
  /** Whose token the request carries; undefined: nobody's. */
  userOf(request: Request): DemoUser | undefined;
  /** For `createHttpApi`. */
  authenticate(request: Request): Actor | null;
}

/** Hashes have one length and are compared in constant time, each of them, so that time tells nothing about tokens. */
export function createSignIn(users: readonly DemoUser[]): SignIn {
  const known = users.map((user) => ({ user, digest: digest(user.token) }));
  const userOf = (request: Request) => {
    const token = /^bearer +(\S+) *$/i.exec(request.headers.authorization ?? '')?.[1];
    if (token === undefined) return undefined;
    const presented = digest(token);
    return known.filter((one) => timingSafeEqual(one.digest, presented))[0]?.user;
  };
  return {
    userOf,
    authenticate(request) {
      const user = userOf(request);
      return user ? { tenantId: user.tenantId, userId: user.userId, roles: user.roles } : null;
    },
  };
}

function digest(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

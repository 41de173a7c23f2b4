// One node: Keywright behind Express, on the database and through the proxy that the environment names. Prints its URL.
// Made to be killed.
import { type Actor, createKeywright, type Role } from '@keywright/core';
import { createKeywrightRouter } from '@keywright/express-adapter';
import { createLiteLlm } from '@keywright/litellm-client';
import { createPostgresInvalidationChannel, createPostgresStorage } from '@keywright/postgres-store';
import express from 'express';
import pg from 'pg';
import { timing } from './timing.ts';

const { DATABASE_URL: connectionString, LITELLM_URL: baseUrl = '', LITELLM_MASTER_KEY: masterKey = '' } = process.env;
const pool = new pg.Pool({ connectionString, max: 8 });
pool.on('error', () => {});
const keywright = createKeywright({
  storage: createPostgresStorage({ pool }),
  litellm: createLiteLlm({ baseUrl, masterKey }),
  invalidations: createPostgresInvalidationChannel({ pool, newClient: () => new pg.Client({ connectionString }) }),
  maxKeysPerUser: 40,
  ...timing,
});
keywright.start();

/** `user:role`, which is all that this server asks for. */
function actorOf(token: string): Actor {
  const [userId = '', role = 'user'] = token.split(':');
  return {
    tenantId: 'acme',
    userId,
    roles: [role === 'operator' || role === 'admin' ? role : ('user' satisfies Role)],
  };
}

const app = express().use(
  createKeywrightRouter({ keywright, authenticate: (req) => actorOf(req.get('authorization')?.slice(7) ?? '') }),
);
const server = app.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (address && typeof address === 'object') process.stdout.write(`http://127.0.0.1:${address.port}\n`);
});

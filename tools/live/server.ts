import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { type Actor, createKeywright } from '@keywright/core';
import { createKeywrightRouter } from '@keywright/express-adapter';
import { createLiteLlm } from '@keywright/litellm-client';
import { createPostgresStorage, migrate } from '@keywright/postgres-store';
import express from 'express';
import pg from 'pg';

export const {
  LITELLM_BASE_URL: baseUrl = '',
  LITELLM_MASTER_KEY: masterKey = '',
  LITELLM_VERSION: version = '?',
} = process.env;

/** Another in every run: the proxy may remember the runs before. */
export const tenantId = `live-${randomUUID()}`;

const actors: Record<string, Actor> = {
  alice: { tenantId, userId: 'alice', roles: ['user'] },
  dana: { tenantId, userId: 'dana', roles: ['admin'] },
};

export interface LiveServer {
  url: string;
  call(token: string, method: string, path: string, body?: unknown): Promise<{ status: number; body: unknown }>;
  close(): Promise<void>;
}

/** Keywright as a host would run it: Express, a real PostgreSQL, and the real proxy. */
export async function startServer(): Promise<LiveServer> {
  const schema = `live_${tenantId.slice(-12)}`;
  const pool = new pg.Pool();
  await migrate({ pool, schema }).up();
  const litellm = createLiteLlm({ baseUrl, masterKey });
  const keywright = createKeywright({ storage: createPostgresStorage({ pool, schema }), litellm });
  keywright.start();
  const app = express().use(
    createKeywrightRouter({
      keywright,
      authenticate: (req) => actors[req.get('authorization')?.slice(7) ?? ''] ?? null,
    }),
  );
  const server = app.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port.');
  const url = `http://127.0.0.1:${address.port}`;
  return {
    url,
    async call(token, method, path, body) {
      const response = await fetch(url + path, {
        method,
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      return { status: response.status, body: await response.json() };
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await keywright.close();
      await litellm.close();
      await pool.query(`drop schema ${schema} cascade`);
      await pool.end();
    },
  };
}

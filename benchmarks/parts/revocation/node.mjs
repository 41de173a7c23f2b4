import { createKeywright } from '@keywright/core';
import { createLiteLlm } from '@keywright/litellm-client';
import { createPostgresInvalidationChannel, createPostgresStorage } from '@keywright/postgres-store';
import pg from 'pg';

/** What the connection is called by which the other node listens. */
export const otherListener = 'other listener';

/** A node that hears of changes over `listenPort`, where one is given. */
export async function openNode({ database, listenPort, baseUrl, masterKey }) {
  const pool = new pg.Pool({ database });
  const way = listenPort === undefined ? {} : { host: '127.0.0.1', port: listenPort, application_name: otherListener };
  const connect = async () => {
    const client = new pg.Client({ database, ...way });
    client.on('error', () => {}); // may be ended by the server before anybody else hears of it
    await client.connect();
    return client;
  };
  const litellm = createLiteLlm({ baseUrl, masterKey });
  const invalidations = createPostgresInvalidationChannel({ pool, connect });
  const keywright = createKeywright({
    ...{ storage: createPostgresStorage({ pool }), litellm, invalidations },
    maxKeysPerUser: 1_000_000,
  });
  keywright.start();
  return {
    keywright,
    async close() {
      await keywright.close();
      await litellm.close();
      await pool.end();
    },
  };
}

import { createKeywright } from '@keywright/core';
import { createLiteLlm } from '@keywright/litellm-client';
import { createPostgresInvalidationChannel, createPostgresStorage } from '@keywright/postgres-store';
import pg from 'pg';

/** What the connection is called by which the other node listens. */
export const otherListener = 'other listener';

/** A node that hears of changes over `listenPort`, where one is given. `onTell`: what it is about to tell of. */
export async function openNode({ database, listenPort, baseUrl, masterKey }, onTell = () => {}) {
  const pool = new pg.Pool({ database });
  const way = listenPort === undefined ? {} : { host: '127.0.0.1', port: listenPort, application_name: otherListener };
  const newClient = () => new pg.Client({ database, ...way });
  const litellm = createLiteLlm({ baseUrl, masterKey });
  const channel = createPostgresInvalidationChannel({ pool, newClient });
  const keywright = createKeywright({
    storage: createPostgresStorage({ pool }),
    litellm,
    invalidations: {
      ...channel,
      publish(change) {
        onTell(change);
        return channel.publish(change);
      },
    },
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

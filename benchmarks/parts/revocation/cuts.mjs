import { setTimeout } from 'node:timers/promises';
import { otherListener } from './node.mjs';

const betweenMs = 20;

/** Ways to keep a node from hearing of changes: each begins, and returns what ends it. */
export const cuts = {
  'the line is dead without saying so': async (proxy) => {
    proxy.swallow();
    proxy.swallowNew(true);
    return async () => {};
  },
  'the server ends the connection, again and again': async (_, pool) => {
    let isOver = false;
    const ending = (async () => {
      while (!isOver) {
        await pool.query(
          `select pg_terminate_backend(pid) from pg_stat_activity
           where datname = current_database() and application_name = $1`,
          [otherListener],
        );
        await setTimeout(betweenMs);
      }
    })();
    return () => {
      isOver = true;
      return ending;
    };
  },
  'connections are refused': async (proxy) => {
    await proxy.close();
    return async () => {};
  },
};

import type { PoolLike } from '@keywright/postgres-store';

/** A pool that counts the deadlocks which the server resolves: transactions run again after one, so nothing shows it. */
export interface DeadlockCounter {
  pool: PoolLike;
  deadlocks(): number;
}

export function countingDeadlocks(inner: PoolLike): DeadlockCounter {
  let count = 0;
  const counted = async <T>(work: Promise<T>): Promise<T> => {
    try {
      return await work;
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === '40P01') count++;
      throw error;
    }
  };
  const pool: PoolLike = {
    query: (query) => counted(inner.query(query)),
    async connect() {
      const client = await inner.connect();
      return { query: (query) => counted(client.query(query)), release: (destroy) => client.release(destroy) };
    },
  };
  return { pool, deadlocks: () => count };
}

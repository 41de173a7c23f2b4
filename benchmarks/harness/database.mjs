import pg from 'pg';

const poolSize = 20;

/** A database of its own in the Postgres of PGHOST, whoever else uses that server. */
export async function createDatabase() {
  const name = `keywright_bench_${process.pid}`;
  await onServer(`create database ${name}`);
  return {
    pool: (options = {}) => new pg.Pool({ database: name, max: poolSize, ...options }),
    drop: () => onServer(`drop database if exists ${name} with (force)`),
  };
}

/** The server's version and what it does for durability, in words. */
export async function describeServer() {
  const { server_version, fsync, synchronous_commit } = await settings();
  const durable = `fsync=${fsync}, synchronous_commit=${synchronous_commit}`;
  const favour = fsync === 'on' ? '' : ' (nothing waits for the disk, which favours whoever writes on a verify)';
  return `${server_version}, ${durable}${favour}, pool of ${poolSize}`;
}

async function settings() {
  const names = ['server_version', 'fsync', 'synchronous_commit'];
  const { rows } = await onServer('select name, setting from pg_settings where name = any($1)', [names]);
  return Object.fromEntries(rows.map(({ name, setting }) => [name, setting]));
}

async function onServer(text, values) {
  const client = new pg.Client();
  await client.connect();
  try {
    return await client.query(text, values);
  } finally {
    await client.end();
  }
}

// P2: a verify of a key that has to be read, against statements on the same pool that read as little, or the same.
import { createHash } from 'node:crypto';
import { createKeywright } from '@keywright/core';
import { createMemoryLiteLlm } from '@keywright/core/memory';
import { createPostgresStorage, migrate } from '@keywright/postgres-store';
import { createKeys, request } from '../../fixtures/keys.mjs';
import { counted } from '../../harness/format.mjs';
import { comparisonTable, ratioBar, valueBar } from '../../harness/results.mjs';
import { compare } from '../../harness/rounds.mjs';
import { watchStatements } from '../../harness/statements.mjs';
import { betterAuthOnPostgres, createKeys as createPeerKeys, verifyCandidate } from '../../peers/better-auth.mjs';

const keyCount = 1_000;
const ours = 'verify';
const oneTable = 'prepared SELECT by hash, one table';
const sameJoin = 'the same join, prepared';
const peer = 'better-auth on Postgres';

export async function measureColdVerify(options, database) {
  const pool = database.pool();
  try {
    await migrate({ pool }).up();
    const secrets = await createKeys(coldKeywright(pool), keyCount);
    const statement = await watchVerify(database, secrets[0]);
    const peerKeys = await createPeerKeys(await betterAuthOnPostgres(pool), keyCount);
    await pool.query('analyze');
    const candidates = await makeCandidates(pool, secrets, statement, peerKeys);
    return report(
      statement,
      await countPeer(database, peerKeys),
      await compare(candidates, 1, options),
      await compare(candidates, 64, options),
    );
  } finally {
    await pool.end();
  }
}

function report(statement, peerStatements, sequential, concurrent) {
  const bar = (what, comparison, base, atLeast, beside = []) =>
    ratioBar({ bar: 'P2', what, atLeast, comparison, candidate: ours, base, beside });
  return {
    bars: [
      valueBar({
        bar: 'P2',
        what: 'cold verify',
        required: '1 statement',
        measured: counted(statement.count, 'statement'),
        passes: statement.count === 1,
        beside: `${peer}: ${peerStatements}`,
      }),
      bar('cold verify, one after the other', sequential, oneTable, 0.65, [peer]),
      bar('cold verify, 64 at once', concurrent, oneTable, 0.75, [peer]),
      bar('cold verify, one after the other', sequential, sameJoin, 0.9),
      bar('cold verify, 64 at once', concurrent, sameJoin, 0.9),
    ],
    tables: [
      comparisonTable('Cold verify, one after the other', sequential, oneTable),
      comparisonTable('Cold verify, 64 at once', concurrent, oneTable),
    ],
    notes: [
      `Cold verify: ${keyCount} keys; the clock jumps 6 s with each look, so nothing that was read may be used again.`,
    ],
  };
}

async function makeCandidates(pool, secrets, { text }, peerKeys) {
  await createBaseTable(pool, secrets);
  const texts = secrets.map((secret) => createHash('sha256').update(secret).digest('hex'));
  const buffers = texts.map((hash) => Buffer.from(hash, 'hex'));
  return [
    selectCandidate(oneTable, pool, 'select * from bench_keys where key_hash = $1', texts),
    selectCandidate(sameJoin, pool, text, buffers),
    coldCandidate(coldKeywright(pool), secrets),
    verifyCandidate(peer, await betterAuthOnPostgres(pool), peerKeys),
  ];
}

/** The least that a verify could read: one row of one table. */
async function createBaseTable(pool, secrets) {
  await pool.query(`create table bench_keys (
    id bigserial primary key, key_hash text not null unique, owner text not null,
    enabled bool not null default true, remaining bigint, request_count bigint not null default 0,
    expires_at timestamptz, updated_at timestamptz not null default now())`);
  await pool.query(
    `insert into bench_keys (key_hash, owner)
     select encode(sha256(secret::bytea), 'hex'), 'user-' || number
     from unnest($1::text[]) with ordinality as given (secret, number)`,
    [secrets],
  );
  await pool.query('analyze bench_keys');
}

function selectCandidate(name, pool, text, hashes) {
  return {
    name,
    async run(index) {
      const values = [hashes[index % hashes.length]];
      const { rows } = await pool.query({ name: `bench ${name}`, text, values });
      if (rows.length !== 1) throw new Error(`${name} found nothing`);
    },
  };
}

function coldCandidate(keywright, secrets) {
  return {
    name: ours,
    async run(index) {
      const result = await keywright.keys.verify(secrets[index % secrets.length], request);
      if (!result.ok) throw new Error(`verify refused a key: ${result.reason}`);
    },
  };
}

/** A Keywright for which everything that it remembers is too old. */
function coldKeywright(pool) {
  const clock = { now: jumpingTime(), after: () => () => {} };
  return createKeywright({ storage: createPostgresStorage({ pool }), litellm: createMemoryLiteLlm(), clock });
}

/** Starts over before the keys of this benchmark expire: going back makes what is remembered useless as well. */
function jumpingTime() {
  const start = Date.now();
  let jumps = 0;
  return () => start + (jumps++ % 100_000) * 6_000;
}

/** The statement of a verify, and how many there were. */
async function watchVerify(database, secret) {
  const pool = database.pool();
  const statements = watchStatements(pool);
  const { run } = coldCandidate(coldKeywright(pool), [secret]);
  await run(0); // whatever happens once for each connection
  const sent = await statements.during(() => run(1));
  await pool.end();
  return { count: sent.length, text: sent[0].text };
}

async function countPeer(database, keys) {
  const pool = database.pool();
  const statements = watchStatements(pool);
  const { run } = verifyCandidate(peer, await betterAuthOnPostgres(pool), keys);
  await run(0);
  const sent = await statements.during(() => run(1));
  await pool.end();
  return counted(sent.length, 'statement');
}

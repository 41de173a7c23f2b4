// P11: pages of a million keys of one tenant, against a read of one key by its primary key on the same pool.
import { createPostgresStorage, migrate } from '@keywright/postgres-store';
import { keyId, seedKeys, subscriptionId, tenantId } from '../fixtures/many-keys.mjs';
import { factor, spread } from '../harness/format.mjs';
import { information, slownessBar } from '../harness/results.mjs';
import { spreadOf } from '../harness/statistics.mjs';

const keyCount = 1_000_000;
const users = keyCount / 10;
const limit = 20;
const most = 5;
const base = 'SELECT by primary key';

export async function measure(options, database) {
  const pool = database.pool({ max: 1 });
  try {
    await migrate({ pool }).up();
    const start = performance.now();
    await seedKeys(pool, keyCount);
    const seeded = (performance.now() - start) / 1000;
    const { judged, shown } = await makeCandidates(pool);
    const rounds = await interleave([...judged, ...shown], options);
    const ratio = ({ name }) => spreadOf(rounds.map((round) => round.get(name).p99 / round.get(base).p99));
    return {
      bars: [
        ...judged
          .filter(({ name }) => name !== base)
          .map((one) => slownessBar({ bar: 'P11', what: `${one.name}, p99`, atMost: most, ratio: ratio(one), base })),
        ...shown.map((one) => shownAs(one, ratio(one))),
      ],
      tables: [table(rounds, [...judged, ...shown])],
      notes: [
        `${keyCount} keys of one tenant, written by statements in ${seeded.toFixed(0)} s; pages of ${limit}; one call after the other, on one connection.`,
        'Every round makes every call in turn, again and again; p99 is taken within a round.',
      ],
    };
  } finally {
    await pool.end();
  }
}

function shownAs({ name }, ratio) {
  return information({ bar: 'P11', what: `${name}, p99`, measured: spread(ratio, factor), base });
}

async function makeCandidates(pool) {
  const { keys } = createPostgresStorage({ pool });
  const list = (name, filter = () => ({}), after = undefined) => ({
    name,
    run: (index) => keys.list(tenantId, filter(index), after ? { limit, after } : { limit }),
  });
  const middle = await positionOf(pool, keyCount / 2);
  const last = await positionOf(pool, limit);
  const everyUser = (index) => 1 + ((index * 7919) % users);
  const byStatus = (status) => () => ({ status });
  return {
    judged: [
      {
        name: base,
        run: (index) =>
          pool.query('select * from keywright.api_keys where id = $1', [keyId(1 + ((index * 7919) % keyCount))]),
      },
      list('first page'),
      list('middle page', undefined, middle),
      list('last page', undefined, last),
      list('keys of a user', (index) => ({ userId: `user-${everyUser(index)}` })),
      list('keys of a subscription', (index) => ({ subscriptionId: subscriptionId(everyUser(index)) })),
      list('search among the keys of a user', (index) => ({ userId: `user-${everyUser(index)}`, search: 'project' })),
      list('active keys, middle page', byStatus('active'), middle),
      list('blocked keys, first page', byStatus('blocked')),
      list('blocked keys, middle page', byStatus('blocked'), middle),
      list('revoked keys, middle page', byStatus('revoked'), middle),
      list('keys being deleted: none', () => ({ status: 'deleting', includeDeleting: true })),
      list('keys for a model that most may use, middle page', () => ({ model: 'gpt-c' }), middle),
    ],
    shown: [
      list('expired keys (one in twenty), middle page', byStatus('expired'), middle),
      list('search that finds one key in ten', () => ({ search: 'project 7' })),
    ],
  };
}

async function positionOf(pool, n) {
  const { rows } = await pool.query('select created_at, id from keywright.api_keys where id = $1', [keyId(n)]);
  return { createdAt: rows[0].created_at, id: rows[0].id };
}

/** All candidates take turns, call by call: whatever else the machine does meets all of them alike. */
async function interleave(candidates, { rounds, cellMs }) {
  await oneRound(candidates, cellMs); // warm-up
  const measured = [];
  while (measured.length < rounds) measured.push(await oneRound(candidates, cellMs * candidates.length));
  return measured;
}

async function oneRound(candidates, ms) {
  globalThis.gc?.();
  const times = new Map(candidates.map(({ name }) => [name, []]));
  const end = performance.now() + ms;
  for (let index = 0; performance.now() < end; index++) {
    for (const { name, run } of candidates) {
      const start = performance.now();
      await run(index);
      times.get(name).push(performance.now() - start);
    }
  }
  return new Map([...times].map(([name, values]) => [name, percentiles(values)]));
}

function percentiles(values) {
  const sorted = values.sort((a, b) => a - b);
  const at = (part) => sorted[Math.floor(sorted.length * part)];
  return { p50: at(0.5), p99: at(0.99), calls: sorted.length };
}

function table(rounds, candidates) {
  const ms = (value) => `${value.toFixed(2)} ms`;
  const of = (name, figure) => spread(spreadOf(rounds.map((round) => round.get(name)[figure])), ms);
  return {
    title: `Pages of ${keyCount} keys`,
    head: ['', 'p50', 'p99'],
    rows: candidates.map(({ name }) => [name, of(name, 'p50'), of(name, 'p99')]),
  };
}

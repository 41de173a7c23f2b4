// P13: a comparison of all keys with LiteLLM's, against no more than listing LiteLLM's.
import { migrate } from '@keywright/postgres-store';
import { startLiteLlm } from '../../fixtures/litellm.mjs';
import { seedKeys } from '../../fixtures/many-keys.mjs';
import { startChild } from '../../harness/child.mjs';
import { factor, seconds, spread } from '../../harness/format.mjs';
import { information, valueBar } from '../../harness/results.mjs';
import { spreadOf } from '../../harness/statistics.mjs';

const bar = 'P13';
const keyCount = 100_000;
const fewKeys = keyCount / 10;
const mostRounds = 3;
const most = 1.5;
/** A tenth of what the keys would take that there are more. */
const flatBytes = 5e6;
const works = ['list', 'reconcile', 'walk'];

export async function measure(options, database) {
  const pool = database.pool({ max: 1 });
  try {
    const weightOfFew = await withKeys(pool, fewKeys, (open) => inProcess(open, ({ call }) => call('weigh')));
    return await withKeys(pool, keyCount, async (open) => {
      const weight = await inProcess(open, ({ call }) => call('weigh'));
      const rounds = await inProcess(open, (child) => interleave(child, Math.min(options.rounds, mostRounds)));
      return report({ rounds, weightOfFew, weight });
    });
  } finally {
    await pool.end();
  }
}

/** So many keys, on both sides alike. */
async function withKeys(pool, count, work) {
  const { database } = pool.options;
  await pool.query('drop schema if exists keywright cascade');
  await migrate({ pool }).up();
  await seedKeys(pool, count);
  await pool.query(
    `insert into keywright.api_key_secrets (tenant_id, key_hash, api_key_id, generation, key_prefix, lite_llm_key_id, state)
     select tenant_id, key_hash, id, 1, key_prefix, lite_llm_key_id, 'live' from keywright.api_keys`,
  );
  await pool.query('vacuum (analyze)');
  const litellm = await startLiteLlm(database);
  try {
    await litellm.mirrorKeys();
    const { baseUrl, masterKey } = litellm;
    return await work({ database, baseUrl, masterKey });
  } finally {
    await litellm.stop();
  }
}

async function inProcess(open, work) {
  const child = await startChild(new URL('reconciler.mjs', import.meta.url), open);
  try {
    return await work(child);
  } finally {
    await child.stop();
  }
}

/** Each round begins with another one. */
async function interleave({ call }, count) {
  const rounds = [];
  for (let round = 0; round < count; round++) {
    const times = {};
    for (let turn = 0; turn < works.length; turn++) {
      const work = works[(round + turn) % works.length];
      const { keys, ms } = await call(work);
      if (keys !== keyCount) throw new Error(`${work} should have met ${keyCount} keys, not ${keys}`);
      times[work] = ms;
    }
    rounds.push(times);
  }
  return rounds;
}

function report({ rounds, weightOfFew, weight }) {
  const ratio = spreadOf(rounds.map(({ reconcile, list }) => reconcile / list));
  const ofBoth = spreadOf(rounds.map(({ reconcile, list, walk }) => reconcile / (list + walk)));
  const time = (work) => spreadOf(rounds.map((times) => times[work] / 1000));
  const more = weight.heap - weightOfFew.heap;
  return {
    bars: [
      valueBar({
        ...{ bar, what: `reconcile ${keyCount} keys, no repair`, required: `<= ${factor(most)}` },
        ...{ measured: spread(ratio, factor), passes: ratio.median <= most },
        base: `listing LiteLLM's keys: ${seconds(time('list').median)}`,
        beside: `listing those and reading ours: ${spread(ofBoth, factor)}`,
      }),
      valueBar({
        ...{ bar, what: `reconcile: live heap, ${keyCount} keys against ${fewKeys}` },
        ...{
          required: `<= ${megabytes(flatBytes)} more`,
          measured: `${megabytes(more)} more`,
          passes: more <= flatBytes,
        },
        base: `${fewKeys} keys: ${megabytes(weightOfFew.heap)}`,
      }),
      information({
        ...{ bar, what: `reconcile: resident memory at most, ${keyCount} keys`, measured: megabytes(weight.resident) },
        base: `${fewKeys} keys: ${megabytes(weightOfFew.resident)}`,
      }),
    ],
    tables: [
      {
        title: `${keyCount} keys`,
        head: ['', 'time'],
        rows: [
          ["listing LiteLLM's keys", spread(time('list'), seconds)],
          ['reading our own', spread(time('walk'), seconds)],
          ['comparing both', spread(time('reconcile'), seconds)],
        ],
      },
    ],
    notes: [
      'LiteLLM is the stand-in in a process of its own; its rows were put there without a request. Both sides are equal.',
      `Live heap: what is left after a collection, every 2000 keys, beyond what there was before. Rounds: ${rounds.length}.`,
    ],
  };
}

const megabytes = (bytes) => `${(bytes / 1e6).toFixed(1)} MB`;

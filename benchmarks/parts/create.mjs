// P10: what the creation of a key costs on the wire, for a user whom LiteLLM knows already.
import { createKeywright } from '@keywright/core';
import { createLiteLlm } from '@keywright/litellm-client';
import { startLiteLlmStandIn } from '@keywright/litellm-stand-in';
import { createPostgresStorage, migrate } from '@keywright/postgres-store';
import { createKey, createOwner } from '../fixtures/keys.mjs';
import { counted, perSecond, spread } from '../harness/format.mjs';
import { comparisonTable, information, valueBar } from '../harness/results.mjs';
import { compare } from '../harness/rounds.mjs';
import { headline, watchStatements } from '../harness/statements.mjs';
import { betterAuthOnPostgres, createKey as createPeerKey } from '../peers/better-auth.mjs';

const models = ['gpt-a', 'gpt-b'].map((name) => ({ name, inputCostPerToken: 1e-6, outputCostPerToken: 2e-6 }));
const owners = 64;
const ours = 'create a key, in both systems';
const peer = 'better-auth on Postgres, its database alone';

export async function measure(options, database) {
  const proxy = await startLiteLlmStandIn({ models });
  const litellm = createLiteLlm({ baseUrl: proxy.url, masterKey: proxy.masterKey });
  const pool = database.pool();
  try {
    await migrate({ pool }).up();
    const auth = await betterAuthOnPostgres(pool);
    const wire = await countOnTheWire({ database, litellm, proxy });
    const candidates = [await ourCandidate(pool, litellm), peerCandidate(auth)];
    const sequential = await compare(candidates, 1, options);
    const concurrent = await compare(candidates, 16, options);
    return report({ wire, peerStatements: await countPeer(database), sequential, concurrent });
  } finally {
    await litellm.close();
    await proxy.close();
    await pool.end();
  }
}

function report({ wire, peerStatements, sequential, concurrent }) {
  const { statements, calls } = wire;
  const rate = (what, comparison) =>
    information({
      bar: 'P10',
      what,
      measured: spread(comparison.rate(ours), perSecond),
      beside: `${peer}: ${perSecond(comparison.rate(peer).median)}`,
    });
  return {
    bars: [
      valueBar({
        bar: 'P10',
        what: 'create a key: round trips to Postgres',
        required: '<= 6',
        measured: statements.length,
        passes: statements.length <= 6,
        beside: `${peer}: ${peerStatements}`,
      }),
      valueBar({
        bar: 'P10',
        what: 'create a key: calls of LiteLLM',
        required: '1',
        measured: calls.length,
        passes: calls.length === 1,
      }),
      rate('keys created, one after the other', sequential),
      rate('keys created, 16 at once', concurrent),
    ],
    tables: [
      { title: 'Round trips of one creation', head: ['', 'statement'], rows: numbered(statements.map(headline)) },
      { title: 'Calls of LiteLLM', head: ['', 'call'], rows: numbered(calls) },
      comparisonTable('Keys created, one after the other', sequential, ours),
      comparisonTable('Keys created, 16 at once', concurrent, ours),
    ],
    notes: [`LiteLLM is the stand-in, in this process and over HTTP. ${owners} users take turns.`],
  };
}

const numbered = (texts) => texts.map((text, index) => [index + 1, text]);

async function countOnTheWire({ database, litellm, proxy }) {
  const pool = database.pool();
  const sent = watchStatements(pool);
  const keywright = open(pool, litellm);
  const owner = await createOwner(keywright, 'counted');
  await createKey(keywright, owner); // from here on LiteLLM knows the user
  const before = proxy.standIn.calls.length;
  const statements = await sent.during(() => createKey(keywright, owner));
  const calls = proxy.standIn.calls.slice(before).map(({ method, path }) => `${method} ${path}`);
  await pool.end();
  return { statements, calls };
}

async function countPeer(database) {
  const pool = database.pool();
  const sent = watchStatements(pool);
  const auth = await betterAuthOnPostgres(pool);
  await createPeerKey(auth, 'counted');
  const statements = await sent.during(() => createPeerKey(auth, 'counted'));
  await pool.end();
  return counted(statements.length, 'round trip');
}

async function ourCandidate(pool, litellm) {
  const keywright = open(pool, litellm);
  const actors = [];
  while (actors.length < owners) actors.push(await createOwner(keywright, `owner-${actors.length}`));
  for (const actor of actors) await createKey(keywright, actor);
  return { name: ours, run: (index) => createKey(keywright, actors[index % owners]) };
}

function peerCandidate(auth) {
  return { name: peer, run: (index) => createPeerKey(auth, `owner-${index % owners}`) };
}

function open(pool, litellm) {
  return createKeywright({ storage: createPostgresStorage({ pool }), litellm, maxKeysPerUser: 1_000_000 });
}

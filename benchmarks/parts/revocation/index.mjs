// R2: one node takes access away; how long does another go on giving it? With the channel between them, and without.
import { setTimeout } from 'node:timers/promises';
import { migrate } from '@keywright/postgres-store';
import { halfOpenProxy } from '../../../packages/postgres-store/test/support/half-open-proxy.ts';
import { createOwner } from '../../fixtures/keys.mjs';
import { startLiteLlm } from '../../fixtures/litellm.mjs';
import { now, startChild } from '../../harness/child.mjs';
import { changes, revoke } from './changes.mjs';
import { cuts } from './cuts.mjs';
import { openNode } from './node.mjs';
import { report } from './report.mjs';

/** In each round, of each kind. */
const timesInRound = 14;
const streams = 20;
/** Between two deletions: long enough for one. */
const apartMs = 150;
/** How often the key of a running stream is looked at: the streams begin spread over this. */
const streamLookMs = 500;

export async function measure(options, database) {
  const pool = database.pool();
  const { database: name } = pool.options;
  const litellm = await startLiteLlm(name);
  const { baseUrl, masterKey } = litellm;
  const given = { database: name, baseUrl, masterKey };
  await migrate({ pool }).up();
  /** When a change of what has this id was committed: a node tells of it then. */
  const committedAt = new Map();
  const here = await openNode(given, ({ id }) => committedAt.set(id, now()));
  try {
    const owner = await createOwner(here.keywright, 'owner');
    const world = { here: here.keywright, owner, committedAt };
    const connected = await withOtherNode(given, (there) => whileConnected({ ...world, there }, options));
    const cut = [];
    for (const [way, doCut] of Object.entries(cuts)) {
      const measured = await withOtherNode(given, (there, proxy) =>
        whileCut({ ...world, there }, () => doCut(proxy, pool)),
      );
      cut.push({ way, streams: measured });
    }
    return report({ connected, cut });
  } finally {
    await here.close();
    await litellm.stop();
    await pool.end();
  }
}

/** What that node hears of goes through a proxy, so that it can be cut. */
async function withOtherNode(given, work) {
  const proxy = await halfOpenProxy();
  const there = await startChild(new URL('other-node.mjs', import.meta.url), { ...given, listenPort: proxy.port });
  try {
    return await work(there, proxy);
  } finally {
    await there.stop();
    await proxy.close();
  }
}

async function whileConnected(world, { rounds }) {
  const byKind = new Map(changes.map(({ kind }) => [kind, []]));
  await eachKind(world, 1, new Map(changes.map(({ kind }) => [kind, []]))); // warm-up
  for (let round = 0; round < rounds; round++) await eachKind(world, timesInRound, byKind);
  return { byKind, streams: await besideStreams(world) };
}

async function eachKind(world, times, measured) {
  for (const { kind, prepare } of changes) {
    for (let time = 0; time < times; time++) measured.get(kind).push(await revoke(world, await prepare(world)));
  }
}

async function whileCut(world, cut) {
  const restore = await cut();
  try {
    return await besideStreams(world);
  } finally {
    await restore();
  }
}

/**
 * Deletes keys with running streams, one soon after the other, each right after the other node has read it, so that it
 * may believe what it remembers for the longest time; the streams are then anywhere between two looks at their key.
 */
async function besideStreams(world) {
  const [deletion] = changes;
  const subjects = [];
  while (subjects.length < streams) subjects.push(await deletion.prepare(world));
  const revokeLater = async (subject, n) => {
    await setTimeout(n * apartMs);
    return revoke(world, subject, { streamAfter: (n * streamLookMs) / streams });
  };
  return Promise.all(subjects.map(revokeLater));
}

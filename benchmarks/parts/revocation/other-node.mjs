// Another node, in a process of its own. It looks again and again at the keys it is shown, and notes when each is refused.
import { setImmediate, setTimeout } from 'node:timers/promises';
import { ApiKeySecret } from '@keywright/core';
import { request } from '../../fixtures/keys.mjs';
import { given, now, serve } from '../../harness/child.mjs';
import { openNode } from './node.mjs';

const warmMs = 30_000;
/** How long a node believes what it has read, and a little, in which it reads anew. */
const rememberedMs = 4_500 + 20;
const { close, keywright } = await openNode(given());
/** By secret: what is looked at. */
const watched = new Map();

serve({ watch, refused: (secret) => watched.get(secret).refused, ended: (secret) => watched.get(secret).ended }, close);

/**
 * Resolves once the key is remembered as good. Looking at it goes on until it is refused. `streamAfter`: opens a stream
 * so many milliseconds after the key was read, and resolves when the key has just been read again.
 */
async function watch({ secret, streamAfter }) {
  const end = now() + warmMs;
  let readAt = now();
  while (!(await keywright.keys.verify(secret, request)).ok) {
    if (now() > end) throw new Error('the other node never took the key for good');
    await setTimeout(5);
    readAt = now();
  }
  if (streamAfter === undefined) return void watched.set(secret, { refused: untilRefused(secret, setImmediate) });
  const refused = untilRefused(secret, () => setTimeout(1)); // many at once, which should not take the processor
  await setTimeout(streamAfter);
  const { ended } = await openStream(secret);
  watched.set(secret, { refused, ended });
  await setTimeout(readAt + rememberedMs - now());
}

/**
 * When the key was let in for the last time, and when it was refused. A verify from memory needs no turn of the event
 * loop, in which alone a message can be heard: each look is followed by one.
 */
async function untilRefused(secret, pause) {
  for (let letIn = now(); ; ) {
    const { ok } = await keywright.keys.verify(secret, request);
    if (!ok) return { letIn, refused: now() };
    letIn = now();
    await pause();
  }
}

/** Resolves with the first chunk. `ended`: the moment at which the stream has ended. */
async function openStream(secret) {
  const result = await keywright.chatCompletions.relay({
    path: '/v1/chat/completions',
    secret: new ApiKeySecret(secret),
    body: async () => ({
      model: request.model,
      stream: true,
      messages: [{ role: 'user', content: '!delay=50 !tokens=100000' }],
    }),
    headers: {},
    ip: request.ip,
    tenantId: request.tenantId,
    signal: new AbortController().signal,
    describeRefusal: (refusal) => refusal,
  });
  if (!result.ok) throw new Error(`no stream: ${JSON.stringify(result.refusal)}`);
  const begun = Promise.withResolvers();
  const ended = result.body.pipe(() => begun.resolve()).then(now);
  await Promise.race([begun.promise, ended]);
  return { ended };
}

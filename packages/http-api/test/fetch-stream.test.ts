import { createHttpApi } from '@keywright/http-api';
import { createFetchHandler } from '@keywright/http-api/fetch';
import { describe, expect, test } from 'vitest';
import { delta, PacedUpstream } from './paced-upstream.ts';
import { actorOf, createWorld } from './world.ts';

async function begin(signal?: AbortSignal) {
  const upstream = new PacedUpstream();
  const world = await createWorld({ wrap: (litellm) => ({ ...litellm, chat: upstream }) });
  const authenticate = (request: Request) => actorOf(request.headers.get('authorization'));
  const handler = createFetchHandler(createHttpApi({ ...world.options, authenticate }));
  const actor = actorOf('Bearer token-of-alice');
  if (!actor) throw new Error('Alice is not there.');
  const { secret } = await world.keywright.keys.create(actor, { name: 'a key' });
  const request = new Request('http://localhost/v1/chat/completions', {
    method: 'POST',
    headers: { authorization: `Bearer ${secret.reveal()}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'gpt-a', stream: true, messages: [{ role: 'user', content: 'count' }] }),
    ...(signal && { signal }),
  });
  return { ...world, upstream, response: await handler(request) };
}

describe('a stream on the fetch mount', () => {
  test('waits for its reader: nothing more is asked of the upstream meanwhile', async () => {
    const { upstream, response } = await begin();
    for (const word of ['one', 'two', 'three', 'four']) upstream.push(delta(word));
    await new Promise(setImmediate);
    expect(upstream.asked).toBe(1);
    const reader = response.body?.getReader();
    await reader?.read();
    await new Promise(setImmediate);
    expect(upstream.asked).toBe(2);
    upstream.end();
    const rest: string[] = [];
    for (let next = await reader?.read(); next && !next.done; next = await reader?.read()) {
      rest.push(Buffer.from(next.value).toString());
    }
    expect(rest.join('')).toBe(['two', 'three', 'four'].map(delta).join(''));
  });

  test('that nobody ever reads is settled when the request is aborted', async () => {
    const controller = new AbortController();
    const { upstream, nextEvent, events } = await begin(controller.signal);
    upstream.push(delta('one'));
    await new Promise(setImmediate);
    controller.abort();
    await upstream.aborted;
    await nextEvent();
    expect(events).toMatchObject([{ outcome: 'aborted' }]);
  });

  test('that is aborted before the answer is read is settled too', async () => {
    const { upstream, response, nextEvent, events } = await begin();
    await response.body?.cancel();
    await upstream.aborted;
    await nextEvent();
    expect(events).toMatchObject([{ outcome: 'aborted' }]);
  });
});

import { describe, expect, test } from 'vitest';
import { call, listOf, newKey } from '../client.ts';
import type { OpenWorld } from '../http-suite.ts';
import { delta, doneEvent, PacedUpstream, usageEvent } from '../paced-upstream.ts';

const body = { model: 'gpt-a', stream: true, messages: [{ role: 'user', content: 'count' }] };

export function describeStreams(open: OpenWorld): void {
  /** Begins a streamed call. */
  async function begin(sent: object = body, signal?: AbortSignal) {
    const upstream = new PacedUpstream();
    const world = await open({ wrap: (litellm) => ({ ...litellm, chat: upstream }) });
    const { key } = await newKey(world.served);
    const start = () =>
      world.served.send('/v1/chat/completions', {
        method: 'POST',
        headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
        body: JSON.stringify(sent),
        ...(signal && { signal }),
      });
    return { ...world, upstream, start };
  }

  function reader(response: Response) {
    const chunks = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    if (!chunks) throw new Error('The answer has no body.');
    return { read: async () => (await chunks.read()).value, cancel: () => chunks.cancel() };
  }

  describe('streams', () => {
    test('pass chunk by chunk, as they come', async () => {
      const { upstream, start, events } = await begin();
      const response = await start();
      expect(response.status).toBe(200);
      expect(response.headers.get('content-type')).toMatch(/^text\/event-stream/);
      expect(response.headers.get('cache-control')).toBe('no-store');
      expect(response.headers.get('x-accel-buffering')).toBe('no');
      const { read } = reader(response);
      for (const word of ['one', 'two', 'three']) {
        upstream.push(delta(word));
        expect(await read()).toBe(delta(word)); // before the next one is even sent
      }
      upstream.push(usageEvent); // was not asked for by the caller, so it is ours alone
      upstream.push(doneEvent);
      expect(await read()).toBe(doneEvent);
      upstream.end();
      expect(await read()).toBeUndefined();
      expect(events).toMatchObject([{ outcome: 'completed', source: 'response', inputTokens: 7, outputTokens: 2 }]);
      expect(upstream.calls[0]?.body).toMatchObject({ stream_options: { include_usage: true } });
    });

    test('pass usage to a caller who asked for it', async () => {
      const { upstream, start } = await begin({ ...body, stream_options: { include_usage: true } });
      const response = await start();
      upstream.push(delta('one') + usageEvent + doneEvent);
      upstream.end();
      expect(await response.text()).toBe(delta('one') + usageEvent + doneEvent);
    });

    test('end upstream when the caller goes away, with one usage event', async () => {
      const { upstream, start, served, nextEvent, events } = await begin();
      const { read, cancel } = reader(await start());
      upstream.push(delta('one'));
      await read();
      await cancel();
      await upstream.aborted;
      await nextEvent();
      await call(served, '', 'GET', '/healthz');
      expect(events).toMatchObject([{ outcome: 'aborted', source: 'estimated', outputTokens: 1 }]);
    });

    test('end upstream when the caller goes away before the first chunk', async () => {
      const { upstream, start, nextEvent, events } = await begin();
      const { cancel } = reader(await start());
      await cancel();
      await upstream.aborted;
      await nextEvent();
      expect(events).toMatchObject([{ outcome: 'aborted' }]);
    });

    test.each(['at-abort', 'late'] as const)(
      'end upstream when the caller goes away before LiteLLM answers (%s)',
      async (answers) => {
        const controller = new AbortController();
        const { upstream, start, nextEvent, events } = await begin(body, controller.signal);
        upstream.answers = answers;
        const answer = start().catch(() => undefined);
        await upstream.called;
        controller.abort();
        await upstream.aborted;
        await nextEvent();
        await answer;
        expect(events).toMatchObject([{ outcome: 'aborted' }]);
      },
    );

    test('that break upstream end with an error event, and one usage event', async () => {
      const { upstream, start, nextEvent, events } = await begin();
      const response = await start();
      upstream.push(delta('one'));
      upstream.break();
      const error = { message: 'The answer broke off.', type: 'api_error', param: null, code: 'upstream_error' };
      expect(await response.text()).toBe(`${delta('one')}data: ${JSON.stringify({ error })}\n\n`);
      await nextEvent();
      expect(events).toMatchObject([{ outcome: 'broken', outputTokens: 1 }]);
    });

    test('of a key that is deleted end with the refusal, and one usage event', async () => {
      const { upstream, start, served, clock, events, nextEvent } = await begin();
      const response = await start();
      const { read } = reader(response);
      upstream.push(delta('one'));
      expect(await read()).toBe(delta('one'));
      const list = await call(served, 'alice', 'GET', '/api/v1/api-keys');
      await call(served, 'alice', 'DELETE', `/api/v1/api-keys/${listOf(list).data[0]?.id}`);
      clock.advance(1_000);
      upstream.push(delta('two'));
      const rest = [await read()];
      upstream.push(delta('three'));
      while (rest.at(-1) !== undefined) rest.push(await read()); // how many events come at once is the network's to say
      expect(rest.join('')).toMatch(/"code":"invalid_api_key"\}\}\n\n$/);
      await upstream.aborted;
      await nextEvent();
      expect(events).toMatchObject([{ outcome: 'aborted' }]);
    });

    test('with an error of LiteLLM inside end with ours', async () => {
      const { upstream, start, nextEvent, events } = await begin();
      const response = await start();
      const inside = { error: { message: 'bad key sk-proj-abcdefgh', code: '500' } };
      upstream.push(`${delta('one')}data: ${JSON.stringify(inside)}\n\n`);
      const text = await response.text();
      expect(text.startsWith(delta('one'))).toBe(true);
      expect(text).toContain('"code":"upstream_error"');
      expect(text).not.toContain('abcdefgh');
      await nextEvent();
      expect(events).toMatchObject([{ outcome: 'broken' }]);
    });
  });
}

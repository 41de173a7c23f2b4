import { expect, it } from 'vitest';
import { bench, call48, sha256 } from '../support/client.ts';

it('a chat echoes the last message and counts words as tokens', async () => {
  const { chat, newKey } = bench();
  const { body } = await chat(await newKey(), 'hello there');
  expect(body.choices[0]).toMatchObject({ finish_reason: 'stop', message: { content: 'echo: hello there' } });
  expect(body.usage).toEqual({ prompt_tokens: 2, completion_tokens: 3, total_tokens: 5 });
});

it('max_tokens shortens the answer and the bill', async () => {
  const { chat, newKey, standIn } = bench();
  const { body } = await chat(await newKey(), 'one two three', { max_tokens: 2 });
  expect([body.choices[0].message.content, body.choices[0].finish_reason]).toEqual(['echo: one', 'length']);
  expect(standIn.keys()[0]?.spendNano).toBe(7_000_000n);
});

it('!nousage leaves usage out and charges all the same', async () => {
  const { chat, newKey, standIn } = bench();
  expect((await chat(await newKey(), '!nousage')).body).not.toHaveProperty('usage');
  expect(standIn.keys()[0]?.spend).toBe(0.005);
});

it('C55 a budget of 0.10 lets three calls of 0.048 pass and refuses the fourth', async () => {
  const { chat, newKey } = bench();
  const key = await newKey({ key_alias: 'ns/1', max_budget: 0.1 });
  for (let call = 1; call <= 3; call += 1) expect((await chat(key, call48)).status).toBe(200);
  const { status, body } = await chat(key, call48);
  expect(status).toBe(422);
  expect(body.error).toEqual({
    message: `Budget has been exceeded! Key=ns/1 (sk-...${key.slice(-4)}) Current cost: 0.144, Max budget: 0.1`,
    type: 'budget_exceeded',
    param: null,
    code: '422',
  });
});

it('C57 spend is exact at once, for key and user', async () => {
  const { chat, newKey, send, standIn } = bench();
  await send('POST /user/new', { user_id: 'ann', auto_create_key: false });
  const key = await newKey({ user_id: 'ann' });
  for (let call = 1; call <= 3; call += 1) await chat(key, call48);
  expect((await send(`GET /key/info?key=${key}`)).body.info.spend).toBe(0.144);
  expect(standIn.users()[0]?.spendNano).toBe(144_000_000n);
});

it('C58 an answer carries its cost, the spend after it, a call id and the release', async () => {
  const { chat, newKey } = bench();
  const { headers } = await chat(await newKey({ max_budget: 1 }), call48);
  expect(headers.get('x-litellm-response-cost')).toBe('0.048');
  expect(headers.get('x-litellm-key-spend')).toBe('0.048');
  expect(headers.get('x-litellm-key-max-budget')).toBe('1.0');
  expect(headers.get('x-litellm-version')).toBe('1.109.1');
  expect(headers.get('x-litellm-model-group')).toBe('priced');
  for (const name of ['call-id', 'model-id']) expect(headers.get(`x-litellm-${name}`)).toMatch(/^[0-9a-f-]{36,64}$/);
});

it('small costs are written the way Python writes them', async () => {
  const { chat, newKey } = bench();
  const { headers } = await chat(await newKey(), 'hi', { model: 'other' });
  expect(headers.get('x-litellm-response-cost')).toBe('1.35e-06');
});

it('C59 C61 the third request within a minute is refused when two are allowed', async () => {
  const { chat, newKey, advance } = bench();
  const key = await newKey({ rpm_limit: 2 });
  const left = async () => (await chat(key, 'hi')).headers.get('x-ratelimit-api_key-remaining-requests');
  expect([await left(), await left()]).toEqual(['1', '0']);
  const { status, body, headers } = await chat(key, 'hi');
  expect(status).toBe(429);
  expect(body.error).toMatchObject({ type: 'throttling_error', code: '429' });
  expect(body.error.message).toContain(`Rate limit exceeded for api_key: ${sha256(key)}. Limit type: requests.`);
  expect([headers.get('retry-after'), headers.get('rate_limit_type')]).toEqual(['60', 'requests']);
  advance(60);
  expect(await left()).toBe('1');
});

it('tokens per minute are refused once they are used up, per key, per user and per model', async () => {
  const { chat, newKey, send } = bench();
  await send('POST /user/new', { user_id: 'ann', tpm_limit: 5, auto_create_key: false });
  const keys = [
    await newKey({ tpm_limit: 5 }),
    await newKey({ user_id: 'ann' }),
    await newKey({ model_tpm_limit: { priced: 5 } }),
  ];
  const kinds: string[] = [];
  for (const key of keys) {
    await chat(key, 'one two three');
    const { body } = await chat(key, 'hi');
    kinds.push(/^Rate limit exceeded for (\w+): .* Limit type: (\w+)/.exec(body.error.message)?.slice(1).join() ?? '');
  }
  expect(kinds).toEqual(['api_key,tokens', 'user,tokens', 'model_per_key,tokens']);
});

it('C60 a second call beside a running one is refused when one is allowed', async () => {
  const { standIn, chat, newKey } = bench();
  const key = await newKey({ max_parallel_requests: 1 });
  const running = await startStream(standIn, key);
  const refused = await chat(key, 'hi');
  expect(refused.status).toBe(429);
  expect(refused.body.error.message).toContain('Limit type: max_parallel_requests');
  await running.cancel();
  expect((await chat(key, 'hi')).status).toBe(200);
});

it('a running call without max_tokens reserves the whole of a small budget, and gives it back', async () => {
  const { standIn, chat, newKey } = bench();
  const small = await newKey({ max_budget: 1 });
  const running = await startStream(standIn, small);
  const refused = await chat(small, 'hi');
  expect(refused.status).toBe(422);
  expect(refused.body.error.message).toContain('Current cost: 1.0, Max budget: 1.0');
  await running.cancel();
  expect((await chat(small, 'hi')).status).toBe(200);

  const limited = await startStream(standIn, small, { max_tokens: 10 });
  expect((await chat(small, 'hi')).status).toBe(200);
  await limited.cancel();
  const large = await newKey({ max_budget: 1000 });
  const third = await startStream(standIn, large);
  expect((await chat(large, 'hi')).status).toBe(200);
  await third.cancel();
});

it('embeddings are charged by the words of their input', async () => {
  const { send, newKey, standIn } = bench();
  const body = { model: 'priced', input: ['a b', 'c'] };
  const answer = await send('POST /v1/embeddings', body, { key: await newKey() });
  expect(answer.body.data).toHaveLength(2);
  expect(answer.body.usage).toEqual({ prompt_tokens: 3, total_tokens: 3 });
  expect(standIn.keys()[0]?.spend).toBe(0.003);
});

it('/model/info gives prices and sizes of what the key may use', async () => {
  const { send, newKey } = bench();
  const { body } = await send('GET /v1/model/info', undefined, { key: await newKey({ models: ['priced'] }) });
  expect(body.data).toMatchObject([
    {
      model_name: 'priced',
      model_info: { input_cost_per_token: 0.001, output_cost_per_token: 0.002, max_output_tokens: 1000 },
    },
  ]);
});

async function startStream(standIn: ReturnType<typeof bench>['standIn'], key: string, extra: object = {}) {
  const response = await standIn.handle(
    new Request('http://litellm.test/v1/chat/completions', {
      method: 'POST',
      headers: { authorization: `Bearer ${key}` },
      body: JSON.stringify({
        model: 'priced',
        stream: true,
        messages: [{ role: 'user', content: 'hi' }],
        ...extra,
      }),
    }),
  );
  if (!response.body) throw new Error(`no stream: ${response.status}`);
  return response.body;
}

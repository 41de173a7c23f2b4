import OpenAI from 'openai';
import { expect, test } from 'vitest';
import { call } from './support/management.ts';
import { startServer } from './support/run-server.ts';

test('SIGTERM lets a running stream end, takes no new calls, and exits with 0', { timeout: 120_000 }, async () => {
  const server = await startServer({ DATABASE_URL: 'memory' });
  const { body } = await call(server, 'Alice', 'POST', '/api/v1/api-keys', { name: 'laptop' });
  const client = new OpenAI({ baseURL: `${server.url}/v1`, apiKey: body.key, maxRetries: 0 });
  const stream = await client.chat.completions.create({
    model: 'gpt-4o-mini',
    stream: true,
    messages: [{ role: 'user', content: '!tokens=20 !delay=40' }],
  });
  const words: string[] = [];
  for await (const chunk of stream) {
    const word = chunk.choices[0]?.delta.content;
    if (!word) continue;
    words.push(word);
    if (words.length !== 2) continue;
    server.signal('SIGTERM');
    await server.says('Stopping');
    await expect(fetch(`${server.url}/healthz`)).rejects.toThrow();
  }
  expect(words).toHaveLength(20);
  const { code, stderr } = await server.ended;
  expect(code).toBe(0);
  expect(stderr).not.toMatch(/error|lost/i);
});

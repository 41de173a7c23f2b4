import { expect, test } from 'vitest';
import { createLiteLlmClient } from '../src/index.ts';
import { routes } from '../src/routes.ts';
import { allCalls, period } from './helpers/all-calls.ts';
import { sendJson, startLocalServer } from './helpers/local-server.ts';

const hash = 'b'.repeat(64);

async function seenOf(call: (typeof allCalls)[number]['call']) {
  const server = await startLocalServer((_, response) => sendJson(response, 400, { error: { message: 'no' } }));
  const client = createLiteLlmClient({ baseUrl: server.url, masterKey: 'sk-1234' });
  await expect(call(client)).rejects.toMatchObject({ name: 'LiteLlmError' });
  return server.seen;
}

test.each(allCalls)('$name calls $route', async ({ route, call }) => {
  const called = (await seenOf(call)).map(({ method, url }) => `${method} ${url.split('?')[0]}`);
  expect(called).toEqual([route.replace('{key}', hash)]);
});

test('the list of routes, which is compared with what a LiteLLM offers, holds every one that is called, and no other', () => {
  const called = new Set(allCalls.map((one) => one.route));
  called.delete('GET /openapi.json'); // what the others are looked for in
  expect([...called].sort()).toEqual([...routes].sort());
});

test('every method of the client is among these calls', () => {
  const client = createLiteLlmClient({ baseUrl: 'http://127.0.0.1:1', masterKey: 'sk-1234' });
  const methods = Object.entries(client).flatMap(([subject, its]) =>
    Object.keys(its).map((one) => `${subject}.${one}`),
  );
  expect([...new Set(allCalls.map((one) => one.name))].sort()).toEqual(methods.sort());
});

test('times are sent as LiteLLM reads them: seconds for logs, days for sums, both in UTC', async () => {
  const [logs] = await seenOf(({ spend }) => spend.logs(period));
  expect(logs?.url).toBe('/spend/logs/v2?start_date=2026-11-20+23%3A30%3A15&end_date=2026-11-21+00%3A00%3A00');
  const [days] = await seenOf(({ spend }) => spend.dailyActivity('team', { ...period, team_ids: ['a', 'b'] }));
  expect(days?.url).toBe('/team/daily/activity?start_date=2026-11-20&end_date=2026-11-21&team_ids=a%2Cb');
});

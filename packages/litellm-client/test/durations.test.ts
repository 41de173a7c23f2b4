import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { budgetDuration, timeToLive } from '../src/durations.ts';
import { createLiteLlmClient } from '../src/index.ts';
import { sendJson, startLocalServer } from './helpers/local-server.ts';

const hash = 'b'.repeat(64);
const wrong = [
  '',
  '0d',
  '-1',
  '-60s',
  '30',
  '30days',
  '1.5h',
  '1y',
  ' 1d',
  '1d ',
  '1D',
  '30minutes',
  'fortnightly',
  '1d1h',
];

describe('a budget period', () => {
  test.each([
    ['hourly', '1h'],
    ['daily', '24h'],
    ['weekly', '7d'],
    ['monthly', '30d'],
    ['yearly', '365d'],
    [' Monthly ', '30d'],
  ])('in the word %j is sent as %s', (word, duration) => expect(budgetDuration(word)).toBe(duration));

  test('of a number and a unit is sent as it is', () => {
    const units = fc.constantFrom('s', 'm', 'h', 'd', 'w', 'mo');
    fc.assert(
      fc.property(fc.integer({ min: 1 }), units, (count, unit) => {
        expect(budgetDuration(`${count}${unit}`)).toBe(`${count}${unit}`);
      }),
    );
  });

  test.each(wrong)('as %j is refused, with what is allowed', (value) => {
    expect(() => budgetDuration(value)).toThrow(
      expect.objectContaining({
        reason: 'bad_duration',
        refused: true,
        param: 'budget_duration',
        message: expect.stringMatching(/30m, 24h, 7d, 1mo.*monthly/),
      }),
    );
  });
});

describe('a time to live', () => {
  test('may be "-1", never, where LiteLLM reads it so', () => {
    expect(timeToLive('-1', 'may-be-never')).toBe('-1');
    expect(timeToLive('3600s', 'ends')).toBe('3600s');
    expect(() => timeToLive('-1', 'ends')).toThrow(expect.objectContaining({ reason: 'bad_duration' }));
    expect(() => timeToLive('monthly', 'may-be-never')).toThrow(/"-1" for never/);
  });
});

test('every request with a period sends it translated; one that LiteLLM would misread is not sent', async () => {
  const server = await startLocalServer((_, response) => sendJson(response, 400, { error: { message: 'no' } }));
  const client = createLiteLlmClient({ baseUrl: server.url, masterKey: 'sk-1234' });
  const calls: ((budget_duration: string) => Promise<unknown>)[] = [
    (budget_duration) => client.keys.generate({ models: ['m'], budget_duration }),
    (budget_duration) => client.keys.generateForServiceAccount({ team_id: 't', models: ['m'], budget_duration }),
    (budget_duration) => client.keys.update(hash, { budget_duration }),
    (budget_duration) => client.users.create({ user_id: 'u', budget_duration }),
    (budget_duration) => client.users.update({ user_id: 'u', budget_duration }),
    (budget_duration) => client.teams.create({ budget_duration }),
    (budget_duration) => client.teams.update({ team_id: 't', budget_duration }),
    (budget_duration) => client.organizations.create({ organization_alias: 'o', budget_duration }),
    (budget_duration) => client.organizations.update({ organization_id: 'o', budget_duration }),
    (budget_duration) => client.budgets.create({ budget_duration }),
    (budget_duration) => client.budgets.update({ budget_id: 'b', budget_duration }),
    (budget_duration) => client.customers.create({ user_id: 'c', budget_duration }),
  ];
  for (const call of calls) {
    await expect(call('30days')).rejects.toMatchObject({ reason: 'bad_duration' });
    await expect(call('monthly')).rejects.toMatchObject({ reason: 'validation' });
  }
  expect(server.seen.map(({ json }) => json)).toEqual(
    calls.map(() => expect.objectContaining({ budget_duration: '30d' })),
  );
});

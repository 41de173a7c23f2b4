import { createKeywright, type Logger } from '@keywright/core';
import { createMemoryLiteLlm, createMemoryStorage } from '@keywright/core/memory';
import { startLiteLlmStandIn } from '@keywright/litellm-stand-in';
import { expect, test } from 'vitest';
import { defaultDemoUsers } from '../src/demo-users.ts';
import { seed } from '../src/seed.ts';
import { until } from './support/management.ts';
import { startServer } from './support/run-server.ts';

/** Timers that run when the test says so. */
function handClock() {
  const timers = new Set<() => void>();
  return {
    timers,
    now: () => 0,
    after(_ms: number, run: () => void) {
      timers.add(run);
      return () => void timers.delete(run);
    },
    strike() {
      for (const run of [...timers]) {
        timers.delete(run);
        run();
      }
    },
  };
}

function setUp() {
  const storage = createMemoryStorage();
  const litellm = createMemoryLiteLlm({ models: [] });
  const said: string[] = [];
  const say = (message: string) => void said.push(message);
  const logger: Logger = { debug() {}, info: say, warn: say, error: say };
  const keywright = createKeywright({ storage, litellm, logger });
  const clock = handClock();
  let answer: 'refused' | 'models' = 'refused';
  keywright.models.catalog = async () => {
    if (answer === 'refused') throw new Error('LiteLLM refused the master key (401)');
    return new Map([['gpt-4o-mini', {} as never]]);
  };
  const subscriptions = async () => {
    const olga = { tenantId: 'acme', userId: 'olga', roles: ['operator' as const] };
    return (await keywright.subscriptions.list(olga, {}, { limit: 100 }, { of: 'tenant', tenantId: 'acme' })).items;
  };
  const comeBack = () => {
    answer = 'models';
  };
  return { parts: { keywright, storage, logger, clock }, clock, said, subscriptions, comeBack };
}

test("why LiteLLM's models cannot be read is said once, and tried again until it works", async () => {
  const { parts, clock, said, subscriptions, comeBack } = setUp();
  const users = defaultDemoUsers();
  const seeding = await seed(parts, users);
  for (let round = 0; round < 3; round++) {
    await until(
      async () => clock.timers.size,
      (size) => size === 1,
    );
    clock.strike();
  }
  await until(
    async () => clock.timers.size,
    (size) => size === 1,
  );
  expect(said).toHaveLength(1);
  expect(said[0]).toContain('LiteLLM refused the master key (401)');
  expect(await subscriptions()).toEqual([]);
  comeBack();
  clock.strike();
  const found = await until(subscriptions, (items) => items.length === 4);
  expect(found.every(({ isDefault, models }) => isDefault && models.includes('gpt-4o-mini'))).toBe(true);
  await until(
    async () => said.length,
    (count) => count === 2,
  );
  expect(clock.timers.size).toBe(0);
  await seeding.stop();
  await parts.keywright.close();
});

test('a stop ends the tries', async () => {
  const { parts, clock } = setUp();
  const seeding = await seed(parts, defaultDemoUsers());
  await seeding.stop();
  expect(clock.timers.size).toBe(0);
  const other = await seed(parts, defaultDemoUsers());
  clock.strike();
  await other.stop();
  expect(clock.timers.size).toBe(0);
  await parts.keywright.close();
});

test('the server says that the master key is wrong, starts all the same, and stops at once', async () => {
  const standIn = await startLiteLlmStandIn();
  const server = await startServer({
    DATABASE_URL: 'memory',
    LITELLM_BASE_URL: standIn.url,
    LITELLM_MASTER_KEY: 'sk-wrong',
    KEYWRIGHT_DEMO_USER: 'hunter2',
  });
  expect(server.stderr()).toContain('LiteLLM refused the master key (401)');
  expect(server.stderr()).toContain(
    'KEYWRIGHT_DEMO_USER: is not known to this server; did you mean KEYWRIGHT_DEMO_USERS?',
  );
  expect(server.stderr()).not.toContain('hunter2');
  expect((await server.stop()).code).toBe(0);
  await standIn.close();
});

import { type ApiKeySecret, KeywrightError } from '@keywright/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { faultyPorts, type Point } from './faulty-ports.ts';
import { actor, expectEqual, expectWorks, listedKeys, openWorld, type World, workerFinishes } from './world.ts';

let world: World;

beforeAll(async () => {
  world = await openWorld();
}, 60_000);
afterAll(() => world.close());

type Fault = (point: Point) => void;

interface Outcome {
  given: ApiKeySecret | undefined;
  /** The key that the operation was about, when it existed before. */
  old: { id: string; secret: ApiKeySecret } | undefined;
  error: unknown;
}

const operations: Record<string, (fault: Fault) => Promise<Outcome>> = {
  async create(fault) {
    const keywright = world.another(faultyPorts(world.storage, world.litellm.mirror, fault));
    let given: ApiKeySecret | undefined;
    const error = await failure(async () => {
      given = (await keywright.keys.create(actor, { name: 'a key' })).secret;
    });
    await keywright.close();
    return { given, old: undefined, error };
  },
  async update(fault) {
    const old = await aKey();
    const keywright = world.another(faultyPorts(world.storage, world.litellm.mirror, fault));
    const error = await failure(() => keywright.keys.update(actor, old.id, { tpmLimit: 100, models: ['gpt-4o-mini'] }));
    await keywright.close();
    return { given: undefined, old, error };
  },
  async delete(fault) {
    const old = await aKey();
    const keywright = world.another(faultyPorts(world.storage, world.litellm.mirror, fault));
    const error = await failure(() => keywright.keys.delete(actor, old.id));
    await keywright.close();
    return { given: undefined, old, error };
  },
};

async function aKey() {
  const { apiKey, secret } = await world.keywright.keys.create(actor, { name: 'an old key' });
  return { id: apiKey.id, secret };
}

async function failure(work: () => Promise<unknown>): Promise<unknown> {
  try {
    await work();
    return undefined;
  } catch (error) {
    return error;
  }
}

/** Every point that an operation comes by when nothing fails. */
async function pointsOf(operation: string): Promise<Point[]> {
  const points: Point[] = [];
  await operations[operation]?.((point) => void points.push(point));
  return points;
}

/** What the port would throw: the other system is gone, and nobody knows whether it did what it was asked. */
function outage(point: Point): KeywrightError {
  return point.call.startsWith('litellm')
    ? new KeywrightError('gateway_unavailable', 'cut off')
    : new KeywrightError('storage_unavailable', 'cut off');
}

describe.each(Object.keys(operations))('%s', (operation) => {
  it('leaves both systems equal when any one call fails, before or after it took effect', async () => {
    const points = await pointsOf(operation);
    expect(points.length).toBeGreaterThan(8);
    console.log(
      `${operation}: ${points.length} points: ${points
        .filter((p) => p.when === 'before')
        .map((p) => p.call)
        .join(' ')}`,
    );
    for (const target of points) {
      const outcome = await operations[operation]?.((point) => {
        if (point.index === target.index) throw outage(point);
      });
      if (!outcome) throw new Error('no such operation');
      await workerFinishes(world);
      const at = `${target.when} ${target.call}`;
      try {
        await expectEqual(world);
        if (outcome.given) await expectWorks(world, outcome.given.reveal(), true);
        if (outcome.old) {
          const isListed = (await listedKeys(world)).includes(outcome.old.id);
          if (operation === 'update') expect(isListed).toBe(true);
          if (operation === 'delete' && !outcome.error) expect(isListed).toBe(false);
          await expectWorks(world, outcome.old.secret.reveal(), isListed);
        }
      } catch (error) {
        throw new Error(`after a fault ${at}`, { cause: error });
      }
    }
  }, 120_000);
});

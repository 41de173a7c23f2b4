import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { crash } from './crash.ts';
import { expectEqual } from './equality.ts';
import { aSubject, operationNamed, operations } from './operations.ts';
import { expectPromisesKept } from './outcomes.ts';
import { pointsOf } from './trial-run.ts';
import { expectWorks, openWorld, timePasses, type World, withoutKeys, workerFinishes } from './world.ts';

let world: World;

beforeAll(async () => {
  world = await openWorld();
}, 60_000);
afterAll(() => world?.close());

describe.each(Object.keys(operations))('%s', (name) => {
  it('keeps what it promised wherever its process is killed', async () => {
    const startedAt = performance.now();
    const operation = operationNamed(name);
    const points = await pointsOf(world, name);
    const begun = [];
    // those that get far first: a worker takes whatever is due, so what others left unfinished must come after it
    for (const { id } of points.reverse()) begun.push({ at: id, ...(await aSubject(world.keywright)) });
    for (const { subject } of begun) await operation.prepare?.(world.keywright, subject);
    const told = await crash(world, name, begun);
    const trials = begun.map((trial, n) => ({ ...trial, told: told[n] }));
    await expectPromisesKept(world, operation, trials);
    await withoutKeys(world);
    const seconds = Math.round((performance.now() - startedAt) / 100) / 10;
    console.log(`${name}, kill -9: ${points.length} points, ${seconds} s`);
    expect(points.length).toBeGreaterThan(8);
  });
});

/** No point of ours: the process dies while it waits. */
const nowhere = '';

describe('a process that is killed while LiteLLM is at it', () => {
  it.each([
    ['create', 'POST /key/generate'],
    ['rotate with a grace period', 'POST /key/generate'],
    ['rotate at once', 'POST /key/generate'],
    ['update', 'POST /key/update'],
    ['block', 'POST /key/update'],
    ['delete', 'POST /key/delete'],
    ['suspend the subscription', 'POST /key/update'],
  ])('keeps what it promised, though LiteLLM commits when the worker has cleaned up: %s', async (name, route) => {
    const operation = operationNamed(name);
    const { subject, old } = await aSubject(world.keywright);
    const late = world.running.standIn.faults.add({ route, kind: 'late-commit' });
    const begun = await crash(world, name, [{ subject, at: nowhere }], late.reached);
    await timePasses(world, 60); // leases are over, LiteLLM's longest request time is not
    await world.keywright.sync.runDue();
    let [told] = begun;
    if (operation.takeBack) {
      await operation.takeBack(world.keywright, subject);
      told = { error: 'it was taken back' };
    }
    await late.release();
    // nobody is left who knows that an older change was under way: the comparison finds what it did
    const needsRepair = operation.takeBack !== undefined;
    await expectPromisesKept(world, operation, [{ at: route, subject, old, told }], { needsRepair });
    await withoutKeys(world);
  });
});

it('a key whose answer died with the process is listed, and its owner can rotate and delete it', async () => {
  const points = await pointsOf(world, 'create');
  const { subject } = await aSubject(world.keywright);
  const before = new Set(world.minted);
  await crash(world, 'create', [{ subject, at: points.at(-1)?.id ?? '' }]);
  const [unseen] = [...world.minted].filter((secret) => !before.has(secret));
  if (!unseen) throw new Error('LiteLLM was not asked for a key');
  await expectWorks(world, unseen, true);
  const { items } = await world.keywright.keys.list(subject.actor, {}, { limit: 10 });
  const listed = items.find((key) => key.name === 'a new key');
  if (!listed) throw new Error('the key is not listed');
  const { secret } = await world.keywright.keys.rotate(subject.actor, listed.id, { gracePeriodSeconds: 0 });
  await expectWorks(world, unseen, false);
  await expectWorks(world, secret, true);
  await world.keywright.keys.delete(subject.actor, listed.id);
  await expectWorks(world, secret, false);
  await workerFinishes(world);
  await expectEqual(world);
});

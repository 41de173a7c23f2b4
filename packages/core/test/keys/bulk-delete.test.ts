import { type BulkDeleteInput, isKeywrightError } from '@keywright/core';
import { beforeEach, expect, it } from 'vitest';
import { alice, auditor, aWorld, type CoreWorld, dana, stranger } from '../world.ts';

let world: CoreWorld;
beforeEach(async () => {
  world = await aWorld();
  for (const name of ['one', 'two', 'other']) await world.keywright.keys.create(alice, { name });
});

const bulkDelete = (input: BulkDeleteInput) => world.keywright.keys.bulkDelete(dana, input);
const left = async () => (await world.keywright.keys.list(alice, {}, { limit: 100 })).items.map((key) => key.name);

it('only tells what it would delete, unless it is meant', async () => {
  const told = await bulkDelete({ userId: 'alice' });
  expect(told).toMatchObject({ matched: 3, hasMore: false, dryRun: true });
  expect(told.keys.map(({ name, outcome }) => [name, outcome])).toEqual([
    ['other', 'would-delete'],
    ['two', 'would-delete'],
    ['one', 'would-delete'],
  ]);
  expect(await left()).toEqual(['other', 'two', 'one']);
});

it('deletes what matches and nothing else, in both systems', async () => {
  const done = await bulkDelete({ search: 'o', userId: 'alice', dryRun: false });
  expect(done.keys.every(({ outcome }) => outcome === 'deleted')).toBe(true);
  expect(await left()).toEqual([]);
  expect(world.litellm.upstream.keys()).toEqual([]);
});

it('reports what LiteLLM has not confirmed as pending, and it does not verify any more', async () => {
  world.litellm.upstream.isDown = true;
  expect((await bulkDelete({ search: 'two', dryRun: false })).keys).toMatchObject([
    { name: 'two', outcome: 'pending' },
  ]);
  expect(await left()).toEqual(['other', 'one']);
});

it('pushes on deletions that LiteLLM has not confirmed', async () => {
  world.litellm.upstream.isDown = true;
  await bulkDelete({ search: 'two', dryRun: false });
  world.litellm.upstream.isDown = false;
  expect((await bulkDelete({ status: 'deleting', dryRun: false })).keys).toMatchObject([
    { name: 'two', outcome: 'deleted' },
  ]);
});

it('leaves a key alone that changed since it was found', async () => {
  const { list } = world.storage.keys;
  world.storage.keys.list = async (...args) => {
    const page = await list.apply(world.storage.keys, args);
    const [newest] = page.items;
    if (newest) await world.keywright.keys.update(alice, newest.key.id, { name: 'needed after all' });
    return page;
  };
  const { keys } = await bulkDelete({ userId: 'alice', dryRun: false });
  world.storage.keys.list = list;
  expect(keys.map(({ outcome }) => outcome)).toEqual(['key_not_active', 'deleted', 'deleted']);
  expect(await left()).toEqual(['needed after all']);
});

it.each<[string, BulkDeleteInput]>([
  ['nothing to go by', {}],
  ['nothing but the intent', { dryRun: false }],
])('refuses %s: no call deletes everything', async (_, input) => {
  await expect(bulkDelete(input)).rejects.toMatchObject({ code: 'validation_failed' });
});

it('is for admins of the tenant', async () => {
  for (const actor of [alice, auditor]) {
    const refusal = await world.keywright.keys.bulkDelete(actor, { userId: 'alice', dryRun: false }).catch((e) => e);
    expect(isKeywrightError(refusal, 'forbidden')).toBe(true);
  }
  const elsewhere = await world.keywright.keys.bulkDelete(stranger, { userId: 'alice', dryRun: false });
  expect(elsewhere.matched).toBe(0);
  expect((await left()).length).toBe(3);
});

import { FixedClock } from '@keywright/core/testing';
import { expect, it } from 'vitest';
import { LastUsed } from '../../src/keys/last-used.ts';
import { prepareKey } from '../../src/keys/verify.ts';
import { aVerifiableKey } from './a-verifiable-key.ts';

function aLastUsed() {
  const clock = new FixedClock(new Date(0));
  const written: [string, number][][] = [];
  const state = { isDown: false };
  const store = {
    async recordLastUsed(uses: readonly { keyId: string; at: Date }[]) {
      if (state.isDown) throw new Error('down');
      written.push(uses.map(({ keyId, at }) => [keyId, at.getTime()]));
    },
  };
  const lastUsed = new LastUsed(store, clock);
  const use = (id: string) => lastUsed.note(prepareKey(aVerifiableKey({ key: { id } })).caller, clock.now());
  return { clock, written, lastUsed, use, state };
}

it('writes a first use at once and later ones once a minute, the newest each time', async () => {
  const { clock, written, lastUsed, use } = aLastUsed();
  for (let second = 0; second < 130; second++) {
    use('k');
    if (second % 5 === 0) await lastUsed.flush();
    clock.advance(1_000);
  }
  expect(written).toEqual([[['k', 0]], [['k', 60_000]], [['k', 120_000]]]);
});

it('writes keys together', async () => {
  const { written, lastUsed, use } = aLastUsed();
  for (const id of ['a', 'b', 'a']) use(id);
  await lastUsed.flush();
  await lastUsed.flush();
  expect(written).toEqual([
    [
      ['a', 0],
      ['b', 0],
    ],
  ]);
});

it('keeps what could not be written, and does not go back in time', async () => {
  const { clock, written, lastUsed, use, state } = aLastUsed();
  use('k');
  state.isDown = true;
  await expect(lastUsed.flush()).rejects.toThrow('down');
  clock.advance(1_000);
  use('k');
  state.isDown = false;
  await lastUsed.flush();
  expect(written).toEqual([[['k', 1_000]]]);
});

it('writes everything at the end', async () => {
  const { clock, written, lastUsed, use } = aLastUsed();
  use('k');
  await lastUsed.flush();
  clock.advance(1_000);
  use('k');
  await lastUsed.flush('all');
  expect(written.at(-1)).toEqual([['k', 1_000]]);
});

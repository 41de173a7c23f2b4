import { generateSecret, type MirrorKeyChange } from '@keywright/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeListsAndParents } from './key-mirror-lists.ts';
import { mirrorFixture, type OpenedLiteLlm } from './mirror-fixture.ts';

/** What every `KeyMirror` and `ModelCatalog` promises. */
export function describeKeyMirror(name: string, open: () => Promise<OpenedLiteLlm>): void {
  describe(`${name}: key mirror and model catalog`, () => {
    let opened: OpenedLiteLlm;
    beforeAll(async () => {
      opened = await open();
    }, 120_000);
    afterAll(() => opened?.close(), 120_000);

    const { mirror, signal, find, aKey, aStoredKey, aUser, expectStored, full } = mirrorFixture(() => opened);

    describe('createKey and findKey', () => {
      it('holds a key without limits as it was given', async () => {
        const key = await aStoredKey();
        await expectStored(key);
        expect(await find(key.keyHash)).toMatchObject({ spend: 0n, blocked: false });
      });

      it('holds every limit as it was given, money to the nano-USD', async () => {
        await expectStored(await aStoredKey(full()));
        await expectStored(await aStoredKey({ maxBudget: 1n }));
      });

      it('holds 0 as 0, not as no limit', async () => {
        await expectStored(await aStoredKey({ maxBudget: 0n, tpmLimit: 0, rpmLimit: 0, maxParallelRequests: 0 }));
      });

      it('counts as spent what it is told, so that a secret which replaces another goes on from there', async () => {
        const key = await aStoredKey({ maxBudget: 2_000_000_000n, spend: 1_500_000_000n });
        expect(await find(key.keyHash)).toMatchObject({ spend: 1_500_000_000n, maxBudget: 2_000_000_000n });
      });

      it('holds a key that is blocked from the beginning', async () => {
        await expectStored(await aStoredKey({ blocked: true }));
      });

      it('answers the hash of the secret as token id', async () => {
        const { key, secret } = aKey();
        await mirror().ensureUser(aUser(key.liteLlmUserId), signal());
        expect(await mirror().createKey(key, secret, signal())).toEqual({ tokenId: key.keyHash });
      });

      it('changes nothing when the same secret comes again', async () => {
        const { key, secret } = aKey(full());
        await mirror().ensureUser(aUser(key.liteLlmUserId), signal());
        await mirror().createKey(key, secret, signal());
        const other = { ...aKey().key, keyHash: key.keyHash, liteLlmUserId: key.liteLlmUserId, tpmLimit: 1 };
        await mirror()
          .createKey(other, secret, signal())
          .catch((error) => expect(error).toMatchObject({ code: 'gateway_refused' }));
        await expectStored(key);
      });

      it('refuses an alias that another key has, and the refusal shows no secret', async () => {
        const { alias, liteLlmUserId } = await aStoredKey();
        const { key, secret } = aKey({ alias, liteLlmUserId });
        const error = await mirror()
          .createKey(key, secret, signal())
          .then(
            () => expect.unreachable(),
            (e: unknown) => e,
          );
        expect(error).toMatchObject({ code: 'gateway_refused' });
        expect(error instanceof Error ? `${error.message} ${error.stack} ${error.cause}` : '').not.toContain(
          secret.reveal(),
        );
        expect(await find(key.keyHash)).toBeUndefined();
      });

      it('finds nothing where nothing is', async () => {
        expect(await find(generateSecret().hash)).toBeUndefined();
      });

      it('holds four keys of one user that are created at once', async () => {
        const user = aUser(`contract/${opened.freshId()}`);
        await mirror().ensureUser(user, signal());
        const all = Array.from({ length: 4 }, () => aKey({ liteLlmUserId: user.liteLlmUserId }));
        await Promise.all(all.map(({ key, secret }) => mirror().createKey(key, secret, signal())));
        for (const { key } of all) await expectStored(key);
      });
    });

    describe('updateKey', () => {
      it('changes what is given and nothing else', async () => {
        const key = await aStoredKey(full());
        const later = new Date(Date.now() + 7_200_000);
        const changes: MirrorKeyChange[] = [
          { maxBudget: 2n },
          { tpmLimit: 5, rpmLimit: 6, maxParallelRequests: 7 },
          { models: [opened.models[1]] },
          { budgetDuration: '7d' },
          { expiresAt: later },
          { blocked: true },
          { blocked: false },
        ];
        let wanted = key;
        for (const change of changes) {
          await mirror().updateKey(key.keyHash, change, signal());
          wanted = { ...wanted, ...change };
          await expectStored(wanted);
        }
      });

      it('sets 0, which is not the same as no limit', async () => {
        const key = await aStoredKey(full());
        const change = { maxBudget: 0n, tpmLimit: 0, rpmLimit: 0, maxParallelRequests: 0 };
        await mirror().updateKey(key.keyHash, change, signal());
        await expectStored({ ...key, ...change });
      });

      it.each([
        'maxBudget',
        'softBudget',
        'budgetDuration',
        'tpmLimit',
        'rpmLimit',
        'maxParallelRequests',
        'expiresAt',
      ] as const)('clears %s when it is null', async (field) => {
        if (opened.cannotClear?.includes(field)) return;
        const key = await aStoredKey(full());
        await mirror().updateKey(key.keyHash, { [field]: null }, signal());
        await expectStored({ ...key, [field]: null });
      });

      it('gives a key to another user', async () => {
        const key = await aStoredKey();
        const liteLlmUserId = `contract/${opened.freshId()}`;
        await mirror().ensureUser(aUser(liteLlmUserId), signal());
        await mirror().updateKey(key.keyHash, { liteLlmUserId }, signal());
        await expectStored({ ...key, liteLlmUserId });
      });

      it('refuses a key that is not there', async () => {
        const work = mirror().updateKey(generateSecret().hash, { tpmLimit: 1 }, signal());
        await expect(work).rejects.toMatchObject({ code: 'gateway_refused' });
      });
    });

    describe('blockKey and deleteKey', () => {
      it('blocks as often as one likes, also what is not there; an update opens it again', async () => {
        const key = await aStoredKey();
        for (let n = 0; n < 2; n++) await mirror().blockKey(key.keyHash, signal());
        await expectStored({ ...key, blocked: true });
        await mirror().updateKey(key.keyHash, { blocked: false }, signal());
        await expectStored(key);
        await mirror().blockKey(generateSecret().hash, signal());
      });

      it('deletes as often as one likes, also what is not there, and frees the alias', async () => {
        const { keyHash, alias, liteLlmUserId } = await aStoredKey();
        for (let n = 0; n < 2; n++) await mirror().deleteKey(keyHash, signal());
        expect(await find(keyHash)).toBeUndefined();
        await mirror().blockKey(keyHash, signal());
        await mirror().deleteKey(generateSecret().hash, signal());
        const { key, secret } = aKey({ alias, liteLlmUserId });
        await mirror().createKey(key, secret, signal());
        await expectStored(key);
      });
    });

    describeListsAndParents(() => opened);

    describe('an aborted signal', () => {
      const secret = generateSecret();
      const calls: [string, (aborted: AbortSignal) => Promise<unknown>][] = [
        ['createKey', (aborted) => mirror().createKey({ ...aKey().key, keyHash: secret.hash }, secret, aborted)],
        ['findKey', (aborted) => mirror().findKey(secret.hash, aborted)],
        ['updateKey', (aborted) => mirror().updateKey(secret.hash, { tpmLimit: 1 }, aborted)],
        ['blockKey', (aborted) => mirror().blockKey(secret.hash, aborted)],
        ['deleteKey', (aborted) => mirror().deleteKey(secret.hash, aborted)],
        ['listKeys', async (aborted) => mirror().listKeys(aborted)[Symbol.asyncIterator]().next()],
        ['ensureTeam', (aborted) => mirror().ensureTeam({ liteLlmTeamId: opened.freshId(), name: null }, aborted)],
        ['ensureTeamMember', (aborted) => mirror().ensureTeamMember(opened.freshId(), opened.freshId(), aborted)],
        ['ensureUser', (aborted) => mirror().ensureUser(aUser(`contract/${opened.freshId()}`), aborted)],
        ['models.list', (aborted) => opened.litellm.models.list(aborted)],
        ['check', (aborted) => opened.litellm.check(aborted)],
      ];
      it.each(calls)('makes %s throw gateway_unavailable', async (_, call) => {
        await expect(call(AbortSignal.abort())).rejects.toMatchObject({ code: 'gateway_unavailable' });
      });
    });
  });
}

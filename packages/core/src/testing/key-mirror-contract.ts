import {
  type ApiKeySecret,
  generateSecret,
  type LiteLlm,
  type MirrorKey,
  type MirrorKeyChange,
  type MirrorUser,
} from '@keywright/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/** A LiteLLM that was opened for the suite. It need not be empty. */
export interface OpenedLiteLlm {
  litellm: LiteLlm;
  close(): Promise<void>;
  /** Two models that it can route to. */
  models: readonly [string, string];
  /** Ids that were never used on it before. */
  freshId(): string;
  /** Fields that this version of LiteLLM cannot clear: `budgetDuration` up to 1.81.12. */
  cannotClear?: readonly (keyof MirrorKeyChange)[];
  /** Reads a user without the mirror. Without it, the limits of users are not looked at. */
  readUser?(liteLlmUserId: string): Promise<MirrorUser | undefined>;
}

/** LiteLLM keeps an expiry as a duration from the call on. */
const expiryToleranceMs = 2_000;

/** What every `KeyMirror` and `ModelCatalog` promises. */
export function describeKeyMirror(name: string, open: () => Promise<OpenedLiteLlm>): void {
  describe(`${name}: key mirror and model catalog`, () => {
    let opened: OpenedLiteLlm;
    beforeAll(async () => {
      opened = await open();
    }, 120_000);
    afterAll(() => opened?.close(), 120_000);

    const mirror = () => opened.litellm.mirror;
    const signal = () => AbortSignal.timeout(30_000);
    const find = (keyHash: string) => mirror().findKey(keyHash, signal());

    function aKey(overrides: Partial<MirrorKey> = {}): { key: MirrorKey; secret: ApiKeySecret } {
      const secret = generateSecret();
      const id = opened.freshId();
      const key: MirrorKey = {
        keyHash: secret.hash,
        alias: `contract/${id}/1`,
        liteLlmUserId: `contract/t%20%25/${id}`,
        liteLlmTeamId: null,
        models: [opened.models[0]],
        maxBudget: null,
        softBudget: null,
        budgetDuration: null,
        tpmLimit: null,
        rpmLimit: null,
        maxParallelRequests: null,
        expiresAt: null,
        blocked: false,
        metadata: {
          managed_by: 'contract',
          tenant_id: `Ünï "t'enant" 🦊 \\`,
          user_id: `user ${id}`,
          subscription_id: id,
          key_id: id,
          generation: 1,
        },
        ...overrides,
      };
      return { key, secret };
    }

    async function aStoredKey(overrides: Partial<MirrorKey> = {}): Promise<MirrorKey> {
      const { key, secret } = aKey(overrides);
      await mirror().ensureUser(aUser(key.liteLlmUserId), signal());
      await mirror().createKey(key, secret, signal());
      return key;
    }

    const aUser = (liteLlmUserId: string, overrides: Partial<MirrorUser> = {}): MirrorUser => ({
      liteLlmUserId,
      email: null,
      maxBudget: null,
      tpmLimit: null,
      rpmLimit: null,
      ...overrides,
    });

    /** The stored key has what was asked for, and maybe more metadata. */
    async function expectStored(key: MirrorKey): Promise<void> {
      const found = await find(key.keyHash);
      const { expiresAt, models, ...rest } = key;
      expect(found).toMatchObject(rest);
      expect(found?.models.toSorted()).toEqual(models.toSorted());
      if (!expiresAt) return expect(found?.expiresAt).toBeNull();
      expect(Math.abs((found?.expiresAt?.getTime() ?? 0) - expiresAt.getTime())).toBeLessThan(expiryToleranceMs);
    }

    const full = (): Partial<MirrorKey> => ({
      models: [...opened.models],
      maxBudget: 12_345_678_901n,
      softBudget: 1_000_000_001n,
      budgetDuration: '30d',
      tpmLimit: 1_000_000,
      rpmLimit: 60,
      maxParallelRequests: 3,
      expiresAt: new Date(Date.now() + 3_600_000),
    });

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

    describe('ensureUser', () => {
      it('creates a user once and brings its limits up to date after', async () => {
        const id = opened.freshId();
        const user = aUser(`contract/${id}`, { email: `${id}@example.com`, maxBudget: 5_000_000_001n, tpmLimit: 7 });
        await mirror().ensureUser(user, signal());
        await mirror().ensureUser(user, signal());
        if (opened.readUser) expect(await opened.readUser(user.liteLlmUserId)).toEqual(user);
        const changed = { ...user, maxBudget: 0n, tpmLimit: null, rpmLimit: 9 };
        await mirror().ensureUser(changed, signal());
        if (opened.readUser) expect(await opened.readUser(user.liteLlmUserId)).toEqual(changed);
      });

      it('makes one user of four that are asked for at once', async () => {
        const user = aUser(`contract/${opened.freshId()}`, { rpmLimit: 3 });
        await Promise.all(Array.from({ length: 4 }, () => mirror().ensureUser(user, signal())));
        if (opened.readUser) expect(await opened.readUser(user.liteLlmUserId)).toEqual(user);
      });
    });

    describe('the catalog', () => {
      it('names what can be routed to, with prices that are amounts or unknown', async () => {
        const models = await opened.litellm.models.list(signal());
        expect(models.map((model) => model.name)).toEqual(expect.arrayContaining([...opened.models]));
        for (const { inputCostPerMillion: input, outputCostPerMillion: output } of models) {
          expect((input ?? 0n) >= 0n && (output ?? 0n) >= 0n).toBe(true);
        }
      });
    });

    describe('an aborted signal', () => {
      const secret = generateSecret();
      const calls: [string, (aborted: AbortSignal) => Promise<unknown>][] = [
        ['createKey', (aborted) => mirror().createKey({ ...aKey().key, keyHash: secret.hash }, secret, aborted)],
        ['findKey', (aborted) => mirror().findKey(secret.hash, aborted)],
        ['updateKey', (aborted) => mirror().updateKey(secret.hash, { tpmLimit: 1 }, aborted)],
        ['blockKey', (aborted) => mirror().blockKey(secret.hash, aborted)],
        ['deleteKey', (aborted) => mirror().deleteKey(secret.hash, aborted)],
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

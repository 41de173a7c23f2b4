import type { MirroredKey, MirrorTeam } from '@keywright/core';
import { describe, expect, it } from 'vitest';
import { mirrorFixture, type OpenedLiteLlm } from './mirror-fixture.ts';

/** The part of the key mirror's contract that is about lists, users and teams, and that of the catalog. */
export function describeListsAndParents(opened: () => OpenedLiteLlm): void {
  const { mirror, signal, find, aStoredKey, aUser, expectStored, full } = mirrorFixture(opened);

  describe('listKeys', () => {
    async function list(): Promise<MirroredKey[]> {
      const keys: MirroredKey[] = [];
      for await (const page of mirror().listKeys(signal())) keys.push(...page);
      return keys;
    }

    it('names every key once, in ascending order of hash, with what findKey says of it', async () => {
      const stored = [await aStoredKey(full()), await aStoredKey({ blocked: true }), await aStoredKey()];
      const listed = await list();
      const hashes = listed.map(({ keyHash }) => keyHash);
      expect(hashes).toEqual([...new Set(hashes)].toSorted());
      for (const { keyHash } of stored) {
        const found = await find(keyHash);
        expect({ ...listed.find((key) => key.keyHash === keyHash), softBudget: found?.softBudget }).toEqual(found);
      }
    });

    it('names no key that was deleted', async () => {
      const { keyHash } = await aStoredKey();
      await mirror().deleteKey(keyHash, signal());
      expect((await list()).map((key) => key.keyHash)).not.toContain(keyHash);
    });
  });

  describe('ensureTeam', () => {
    it('creates a team once and brings name and block up to date after; a key can be in it and leave it', async () => {
      const liteLlmTeamId = `contract/${opened().freshId()}`;
      const team: MirrorTeam = { liteLlmTeamId, name: `team ${liteLlmTeamId}`, blocked: false };
      for (const wanted of [team, team, { ...team, blocked: true }, { ...team, name: `${team.name} renamed` }]) {
        await mirror().ensureTeam(wanted, signal());
        if (opened().readTeam) expect(await opened().readTeam?.(liteLlmTeamId)).toEqual(wanted);
      }
      const key = await aStoredKey({ liteLlmTeamId });
      await expectStored(key);
      await mirror().updateKey(key.keyHash, { liteLlmTeamId: null }, signal());
      await expectStored({ ...key, liteLlmTeamId: null });
      await mirror().updateKey(key.keyHash, { liteLlmTeamId }, signal());
      await expectStored(key);
    });
  });

  describe('ensureUser', () => {
    it('creates a user once and brings its limits up to date after', async () => {
      const id = opened().freshId();
      const user = aUser(`contract/${id}`, { email: `${id}@example.com`, maxBudget: 5_000_000_001n, tpmLimit: 7 });
      await mirror().ensureUser(user, signal());
      await mirror().ensureUser(user, signal());
      if (opened().readUser) expect(await opened().readUser?.(user.liteLlmUserId)).toEqual(user);
      const changed = { ...user, maxBudget: 0n, tpmLimit: null, rpmLimit: 9 };
      await mirror().ensureUser(changed, signal());
      if (opened().readUser) expect(await opened().readUser?.(user.liteLlmUserId)).toEqual(changed);
    });

    it('makes one user of four that are asked for at once', async () => {
      const user = aUser(`contract/${opened().freshId()}`, { rpmLimit: 3 });
      await Promise.all(Array.from({ length: 4 }, () => mirror().ensureUser(user, signal())));
      if (opened().readUser) expect(await opened().readUser?.(user.liteLlmUserId)).toEqual(user);
    });
  });

  describe('the catalog', () => {
    it('names what can be routed to, with prices that are amounts or unknown', async () => {
      const models = await opened().litellm.models.list(signal());
      expect(models.map((model) => model.name)).toEqual(expect.arrayContaining([...opened().models]));
      for (const { inputCostPerMillion: input, outputCostPerMillion: output } of models) {
        expect((input ?? 0n) >= 0n && (output ?? 0n) >= 0n).toBe(true);
      }
    });
  });
}

import type { MirroredKey, MirrorKey, MirrorTeam } from '@keywright/core';
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

  const aTeam = (): MirrorTeam => {
    const liteLlmTeamId = `contract/${opened().freshId()}`;
    return { liteLlmTeamId, name: `team ${liteLlmTeamId}` };
  };

  describe('ensureTeam', () => {
    it('creates a team, and leaves one that is there as it is', async () => {
      const team = aTeam();
      for (const name of [team.name, team.name, 'another name', null]) {
        await mirror().ensureTeam({ ...team, name }, signal());
        if (opened().readTeam) expect(await opened().readTeam?.(team.liteLlmTeamId)).toMatchObject(team);
      }
    });

    it('neither renames nor unblocks a team that somebody else made', async () => {
      const { readTeam, makeTeam } = opened();
      if (!readTeam || !makeTeam) return;
      const theirs = aTeam();
      await makeTeam(theirs);
      const before = await readTeam(theirs.liteLlmTeamId);
      expect(before).toMatchObject(theirs);
      expect(before?.blocked).not.toBe(false);
      await mirror().ensureTeam({ ...theirs, name: 'ours' }, signal());
      expect(await readTeam(theirs.liteLlmTeamId)).toEqual(before);
    });

    it('makes one team of four that are asked for at once', async () => {
      const team = aTeam();
      await Promise.all(Array.from({ length: 4 }, () => mirror().ensureTeam(team, signal())));
      if (opened().readTeam) expect(await opened().readTeam?.(team.liteLlmTeamId)).toMatchObject(team);
    });
  });

  describe('ensureTeamMember', () => {
    const refused = { code: 'gateway_refused' };
    const move = ({ keyHash }: MirrorKey, liteLlmTeamId: string | null, liteLlmUserId?: string) =>
      mirror().updateKey(keyHash, { liteLlmTeamId, ...(liteLlmUserId && { liteLlmUserId }) }, signal());
    const join = (liteLlmTeamId: string, { liteLlmUserId }: MirrorKey) =>
      mirror().ensureTeamMember(liteLlmTeamId, liteLlmUserId, signal());

    it('lets a key be moved to a team, which is refused before; it leaves again without', async () => {
      const [key, team] = [await aStoredKey(), aTeam()];
      await expect(move(key, team.liteLlmTeamId)).rejects.toMatchObject(refused);
      await mirror().ensureTeam(team, signal());
      await expect(move(key, team.liteLlmTeamId)).rejects.toMatchObject(refused);
      await expectStored(key);
      for (let n = 0; n < 2; n++) await join(team.liteLlmTeamId, key);
      await move(key, team.liteLlmTeamId);
      await expectStored({ ...key, liteLlmTeamId: team.liteLlmTeamId });
      await move(key, null);
      await expectStored(key);
    });

    it('counts for the user that a key has, not for the one that the same update gives it to', async () => {
      const [key, other, team] = [await aStoredKey(), await aStoredKey(), aTeam()];
      await mirror().ensureTeam(team, signal());
      await join(team.liteLlmTeamId, other);
      await expect(move(key, team.liteLlmTeamId, other.liteLlmUserId)).rejects.toMatchObject(refused);
      await mirror().updateKey(key.keyHash, { liteLlmUserId: other.liteLlmUserId }, signal());
      await move(key, team.liteLlmTeamId);
      await expectStored({ ...key, liteLlmUserId: other.liteLlmUserId, liteLlmTeamId: team.liteLlmTeamId });
    });

    it('makes members of four users that are asked for at once', async () => {
      const team = aTeam();
      await mirror().ensureTeam(team, signal());
      const keys = await Promise.all(Array.from({ length: 4 }, () => aStoredKey()));
      await Promise.all(keys.map((key) => join(team.liteLlmTeamId, key)));
      for (const key of keys) await move(key, team.liteLlmTeamId);
    });

    it('is refused where there is no such team', async () => {
      await expect(join(aTeam().liteLlmTeamId, await aStoredKey())).rejects.toMatchObject(refused);
    });

    it('is not needed for a key that is created in a team', async () => {
      const team = aTeam();
      await mirror().ensureTeam(team, signal());
      const key = await aStoredKey({ liteLlmTeamId: team.liteLlmTeamId });
      await expectStored(key);
      await mirror().updateKey(key.keyHash, { tpmLimit: 5 }, signal());
      await expectStored({ ...key, tpmLimit: 5 });
    });
  });

  describe('ensureUser', () => {
    it('creates a user once and brings its limits and e-mail up to date after', async () => {
      const id = opened().freshId();
      const user = aUser(`contract/${id}`, { email: `${id}@example.com`, maxBudget: 5_000_000_001n, tpmLimit: 7 });
      await mirror().ensureUser(user, signal());
      await mirror().ensureUser(user, signal());
      if (opened().readUser) expect(await opened().readUser?.(user.liteLlmUserId)).toEqual(user);
      for (const email of [`new-${id}@example.com`, null]) {
        const changed = { ...user, email, maxBudget: 0n, tpmLimit: null, rpmLimit: 9 };
        await mirror().ensureUser(changed, signal());
        if (opened().readUser) expect(await opened().readUser?.(user.liteLlmUserId)).toEqual(changed);
      }
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

import type { ApiKey } from '@keywright/core';
import { describe, expect, it } from 'vitest';
import { aMintingSecret, anActiveKey, anId, anOwner, aRotatedKey, aTenant, newSecretInput } from './builders.ts';
import type { StorageFixture } from './storage-fixture.ts';

const aMinute = 60_000;
const unknownHashes = ['f'.repeat(64), '', "no'hash", 'F'.repeat(64)];

/** What every `ApiKeyStore` promises for keys with several secrets. */
export function apiKeyRotationContract(fixture: StorageFixture): void {
  const keys = () => fixture.storage.keys;
  const aKey = async () => anActiveKey(fixture.storage, await anOwner(fixture.storage));
  const find = async (key: ApiKey) => (await keys().find({ tenantId: key.tenantId }, key.id))?.key;
  const secretsOf = async (key: ApiKey) => (await keys().mirrorSource(key.tenantId, key.id))?.secrets ?? [];
  const verified = (keyHash: string) => fixture.storage.unscoped.findBySecretHash(keyHash);
  const soon = new Date(Date.now() + aMinute);
  const sooner = new Date(Date.now() + aMinute / 2);
  const later = new Date(Date.now() + 2 * aMinute);

  describe('insertSecret', () => {
    it('adds a minting secret of the next generation, and leaves the key and its other secrets as they are', async () => {
      const key = await aKey();
      const before = await secretsOf(key);
      const given = newSecretInput();
      const added = await keys().insertSecret(key.tenantId, key.id, given);
      const { tenantId, id: apiKeyId } = key;
      expect(added).toMatchObject({ ...given, tenantId, apiKeyId, generation: 2, state: 'minting' });
      expect(added).toMatchObject({ liteLlmKeyId: null, validUntil: null, mintingSince: expect.any(Date) });
      expect(await secretsOf(key)).toEqual([...before, added]);
      expect(await find(key)).toEqual(key);
    });

    it('shows verify the state of each secret, for it to refuse the one that nobody was given', async () => {
      const key = await aKey();
      const { keyHash } = await aMintingSecret(fixture.storage, key);
      expect(await verified(keyHash)).toMatchObject({ key: { id: key.id }, secret: { keyHash, state: 'minting' } });
      expect(await verified(key.keyHash)).toMatchObject({ secret: { keyHash: key.keyHash, state: 'live' } });
    });

    it('refuses a secret that exists already, in whatever tenant', async () => {
      const [key, other] = [await aKey(), await aKey()];
      const { keyHash, keyPrefix } = key;
      await expect(keys().insertSecret(other.tenantId, other.id, { keyHash, keyPrefix })).rejects.toThrow();
      await expect(keys().insertSecret(key.tenantId, key.id, { keyHash, keyPrefix })).rejects.toThrow();
      expect(await secretsOf(other)).toHaveLength(1);
      expect(await secretsOf(key)).toHaveLength(1);
    });

    it('knows no key of another tenant, none that is gone, and none whose id is no UUID', async () => {
      const key = await aKey();
      const secret = newSecretInput();
      expect(await keys().insertSecret(aTenant(), key.id, secret)).toBeUndefined();
      expect(await keys().insertSecret(key.tenantId, anId(), secret)).toBeUndefined();
      expect(await keys().insertSecret(key.tenantId, "no'uuid", secret)).toBeUndefined();
      expect(await secretsOf(key)).toHaveLength(1);
      expect(await verified(secret.keyHash)).toBeUndefined();
    });
  });

  describe('promoteSecret', () => {
    it('makes the new secret the key’s own, and the old one retiring', async () => {
      const key = await aKey();
      const { keyHash, keyPrefix } = await aMintingSecret(fixture.storage, key);
      const promoted = await keys().promoteSecret(key.tenantId, keyHash, soon);
      expect(promoted).toEqual({
        ...key,
        keyHash,
        keyPrefix,
        liteLlmKeyId: keyHash,
        version: key.version + 1,
        updatedAt: promoted?.updatedAt,
      });
      expect(await find(key)).toEqual(promoted);
      expect(await secretsOf(key)).toMatchObject([
        { keyHash: key.keyHash, generation: 1, state: 'retiring', validUntil: soon, liteLlmKeyId: key.keyHash },
        { keyHash, generation: 2, state: 'live', validUntil: null, liteLlmKeyId: keyHash, mintingSince: null },
      ]);
    });

    it('lets verify find both secrets of the key, each with its own time', async () => {
      const key = await aKey();
      const { keyHash } = await aRotatedKey(fixture.storage, key, soon);
      const wanted = { id: key.id, lifecycle: 'active', isActive: true };
      expect(await verified(keyHash)).toMatchObject({
        key: wanted,
        secret: { keyHash, state: 'live', validUntil: null, liteLlmKeyId: keyHash },
      });
      expect(await verified(key.keyHash)).toMatchObject({
        key: wanted,
        secret: { keyHash: key.keyHash, state: 'retiring', validUntil: soon, liteLlmKeyId: key.keyHash },
      });
    });

    it('never lets an old secret work for longer than was said before', async () => {
      const key = await aKey();
      const untils = async () => (await secretsOf(key)).map(({ validUntil }) => validUntil);
      await aRotatedKey(fixture.storage, key, soon);
      await aRotatedKey(fixture.storage, key, later);
      expect(await untils()).toEqual([soon, later, null]);
      await aRotatedKey(fixture.storage, key, sooner);
      expect(await untils()).toEqual([sooner, sooner, sooner, null]);
    });

    it('retires another secret that is being minted, so that one alone can win', async () => {
      const key = await aKey();
      const lost = await aMintingSecret(fixture.storage, key);
      const won = await aMintingSecret(fixture.storage, key);
      expect(await keys().promoteSecret(key.tenantId, won.keyHash, soon)).toMatchObject({ keyHash: won.keyHash });
      expect(await keys().promoteSecret(key.tenantId, lost.keyHash, soon)).toBeUndefined();
      expect(await find(key)).toMatchObject({ keyHash: won.keyHash });
      const { mintingSince } = lost;
      expect((await secretsOf(key))[1]).toMatchObject({ state: 'retiring', validUntil: soon, mintingSince });
    });

    it('leaves the sync status to the caller, and does not say that LiteLLM holds what it was found to lack', async () => {
      const key = await aKey();
      await keys().recordSync(key.tenantId, key.id, 'unmirrored', 'not there');
      const rotated = await aRotatedKey(fixture.storage, key, soon);
      expect(rotated).toMatchObject({ syncStatus: 'unmirrored', syncError: 'not there' });
      await keys().update(key.tenantId, key.id, { syncStatus: 'pending', syncError: null });
      expect(await verified(key.keyHash)).toMatchObject({ secret: { state: 'retiring', liteLlmKeyId: null } });
      expect(await verified(rotated.keyHash)).toMatchObject({ secret: { liteLlmKeyId: rotated.keyHash } });
    });

    it('does nothing unless the secret is minting', async () => {
      const key = await aKey();
      const rotated = await aRotatedKey(fixture.storage, key, soon);
      const before = await secretsOf(key);
      for (const keyHash of [key.keyHash, rotated.keyHash, ...unknownHashes]) {
        expect(await keys().promoteSecret(key.tenantId, keyHash, sooner)).toBeUndefined();
      }
      expect(await find(key)).toEqual(rotated);
      expect(await secretsOf(key)).toEqual(before);
    });
  });

  describe('abandonSecret and removeSecret', () => {
    it('gives up a secret for good, and remembers that LiteLLM may still commit it', async () => {
      const key = await aKey();
      const { keyHash, mintingSince } = await aMintingSecret(fixture.storage, key);
      expect(await keys().abandonSecret(key.tenantId, keyHash, sooner)).toBe(true);
      expect((await secretsOf(key))[1]).toMatchObject({ state: 'retiring', validUntil: sooner, mintingSince });
      expect(await keys().abandonSecret(key.tenantId, keyHash, later)).toBe(false);
      expect(await keys().promoteSecret(key.tenantId, keyHash, soon)).toBeUndefined();
      expect(await find(key)).toEqual(key);
    });

    it('abandons what is minting alone, and removes what is retiring alone', async () => {
      const key = await aKey();
      const rotated = await aRotatedKey(fixture.storage, key, soon);
      const minting = await aMintingSecret(fixture.storage, key);
      const before = await secretsOf(key);
      for (const keyHash of [key.keyHash, rotated.keyHash, ...unknownHashes]) {
        expect(await keys().abandonSecret(key.tenantId, keyHash, sooner)).toBe(false);
      }
      for (const keyHash of [rotated.keyHash, minting.keyHash, ...unknownHashes]) {
        expect(await keys().removeSecret(key.tenantId, keyHash)).toBe(false);
      }
      expect(await secretsOf(key)).toEqual(before);
    });

    it('removes a secret once, and leaves the others', async () => {
      const key = await aKey();
      const rotated = await aRotatedKey(fixture.storage, key, soon);
      expect(await keys().removeSecret(key.tenantId, key.keyHash)).toBe(true);
      expect(await keys().removeSecret(key.tenantId, key.keyHash)).toBe(false);
      expect(await verified(key.keyHash)).toBeUndefined();
      expect(await secretsOf(key)).toMatchObject([{ keyHash: rotated.keyHash, generation: 2, state: 'live' }]);
      expect(await aMintingSecret(fixture.storage, key)).toMatchObject({ generation: 3 });
    });
  });

  it('does nothing to the secrets of another tenant', async () => {
    const key = await aKey();
    await aRotatedKey(fixture.storage, key, soon);
    const { keyHash } = await aMintingSecret(fixture.storage, key);
    const before = { key: await find(key), secrets: await secretsOf(key) };
    const other = (await aKey()).tenantId;
    expect(await keys().promoteSecret(other, keyHash, sooner)).toBeUndefined();
    expect(await keys().abandonSecret(other, keyHash, sooner)).toBe(false);
    expect(await keys().removeSecret(other, key.keyHash)).toBe(false);
    expect({ key: await find(key), secrets: await secretsOf(key) }).toEqual(before);
  });

  it('removes every secret with the key', async () => {
    const key = await aKey();
    const rotated = await aRotatedKey(fixture.storage, key, soon);
    const minting = await aMintingSecret(fixture.storage, key);
    expect(await fixture.outside.rawKey(key.tenantId, key.id)).toMatchObject({ secrets: 3 });
    expect(await keys().remove(key.tenantId, key.id, ['active'])).toBe(true);
    for (const { keyHash } of [key, rotated, minting]) expect(await verified(keyHash)).toBeUndefined();
  });
}

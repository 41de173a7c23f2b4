import {
  type ApiKeySecret,
  generateSecret,
  type LiteLlm,
  type MirrorKey,
  type MirrorKeyChange,
  type MirrorTeam,
  type MirrorUser,
  type NewMirrorKey,
} from '@keywright/core';
import { expect } from 'vitest';

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
  /** Reads a team without the mirror, its block where it has one. Without it, what `ensureTeam` wrote is not looked at. */
  readTeam?(liteLlmTeamId: string): Promise<(MirrorTeam & { blocked?: boolean }) | undefined>;
  /** Makes a team without the mirror, as somebody else would, and blocks it where that can be done. */
  makeTeam?(team: MirrorTeam): Promise<void>;
}

/** LiteLLM keeps an expiry as a duration from the call on. */
const expiryToleranceMs = 2_000;

/** What the suites about a LiteLLM make of one that is opened before their tests run. */
export function mirrorFixture(get: () => OpenedLiteLlm) {
  const mirror = () => get().litellm.mirror;
  const signal = () => AbortSignal.timeout(30_000);
  const find = (keyHash: string) => mirror().findKey(keyHash, signal());

  function aKey(overrides: Partial<MirrorKey> = {}): { key: MirrorKey; secret: ApiKeySecret } {
    const secret = generateSecret();
    const id = get().freshId();
    const key: MirrorKey = {
      keyHash: secret.hash,
      alias: `contract/${id}/1`,
      liteLlmUserId: `contract/t%20%25/${id}`,
      liteLlmTeamId: null,
      models: [get().models[0]],
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

  async function aStoredKey({ spend, ...overrides }: Partial<NewMirrorKey> = {}): Promise<MirrorKey> {
    const { key, secret } = aKey(overrides);
    await mirror().ensureUser(aUser(key.liteLlmUserId), signal());
    await mirror().createKey(spend === undefined ? key : { ...key, spend }, secret, signal());
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
    models: [...get().models],
    maxBudget: 12_345_678_901n,
    softBudget: 1_000_000_001n,
    budgetDuration: '30d',
    tpmLimit: 1_000_000,
    rpmLimit: 60,
    maxParallelRequests: 3,
    expiresAt: new Date(Date.now() + 3_600_000),
  });

  return { mirror, signal, find, aKey, aStoredKey, aUser, expectStored, full };
}

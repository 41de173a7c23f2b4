import type { ApiKey, ApiKeySecretRecord } from '@keywright/core';
import { secretsOf } from './memory-api-key-issue.ts';
import type { MemoryState } from './memory-state.ts';

/** The next secret of a key, state `minting`. */
export function insertSecret(
  state: MemoryState,
  key: Readonly<ApiKey>,
  secret: Pick<ApiKeySecretRecord, 'keyHash' | 'keyPrefix'>,
  now: Date,
): ApiKeySecretRecord {
  const { keyHash, keyPrefix } = secret;
  if (state.secrets.get(keyHash)) throw new Error('There is a key of this secret already.');
  const newest = secretsOf(state, key.id).at(-1);
  const row: ApiKeySecretRecord = {
    keyHash,
    tenantId: key.tenantId,
    apiKeyId: key.id,
    generation: (newest?.generation ?? 0) + 1,
    keyPrefix,
    liteLlmKeyId: null,
    state: 'minting',
    mintingSince: now,
    validUntil: null,
  };
  state.secrets.set(keyHash, row);
  return row;
}

/** minting -> live; the key's other secrets retire. */
export function promoteSecret(
  state: MemoryState,
  secret: Readonly<ApiKeySecretRecord>,
  othersUntil: Date,
  now: Date,
): ApiKey | undefined {
  const key = state.key(secret.tenantId, secret.apiKeyId);
  if (!key) return undefined;
  const { keyHash, keyPrefix } = secret;
  for (const other of secretsOf(state, key.id)) {
    if (other.keyHash !== keyHash) state.secrets.set(other.keyHash, retired(other, key, othersUntil));
  }
  const liteLlmKeyId = keyHash;
  state.secrets.set(keyHash, { ...secret, state: 'live', liteLlmKeyId, mintingSince: null, validUntil: null });
  const promoted = { ...key, keyHash, keyPrefix, liteLlmKeyId, version: key.version + 1, updatedAt: now };
  state.keys.set(key.id, promoted);
  return promoted;
}

/** What LiteLLM was found to lack stays so, also when the key as a whole is not `unmirrored` any more. */
function retired(secret: Readonly<ApiKeySecretRecord>, key: Readonly<ApiKey>, until: Date): ApiKeySecretRecord {
  const validUntil = secret.validUntil && secret.validUntil < until ? secret.validUntil : until;
  const liteLlmKeyId = key.syncStatus === 'unmirrored' ? null : secret.liteLlmKeyId;
  return { ...secret, state: 'retiring', validUntil, liteLlmKeyId };
}

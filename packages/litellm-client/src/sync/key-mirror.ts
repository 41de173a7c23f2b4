import type { Clock, KeyMirror } from '@keywright/core';
import type { LiteLlmClient } from '../client.ts';
import { LiteLlmError, type LiteLlmErrorReason } from '../errors/litellm-error.ts';
import { ensureUser } from './ensure-user.ts';
import { fromLiteLlmKey } from './from-litellm-key.ts';
import { orKeywrightError } from './to-keywright-error.ts';
import { toGenerateRequest, toUpdateRequest } from './to-litellm-key.ts';

/** Keywright's copies in LiteLLM, by the management API. */
export function createKeyMirror({ keys, users }: LiteLlmClient, clock: Clock): KeyMirror {
  return {
    async createKey(key, secret, signal) {
      const made = await orKeywrightError(keys.generate(toGenerateRequest(key, secret, clock), signal));
      return { tokenId: made.token_id };
    },
    findKey: (keyHash, signal) =>
      orKeywrightError(
        keys.info(keyHash, signal).then(
          (key) => fromLiteLlmKey(keyHash, key),
          (error: unknown) => unless('not_found', error),
        ),
      ),
    async updateKey(keyHash, change, signal) {
      await orKeywrightError(keys.update(keyHash, toUpdateRequest(change, clock), signal));
    },
    blockKey: (keyHash, signal) =>
      orKeywrightError(keys.block(keyHash, signal).catch((error: unknown) => unless('not_found', error))),
    async deleteKey(keyHash, signal) {
      await orKeywrightError(keys.delete([keyHash], signal).catch((error: unknown) => unless('not_found', error)));
    },
    ensureUser: (user, signal) => orKeywrightError(ensureUser(users, user, signal)),
  };
}

/** Takes one reason for an answer; anything else goes on being an error. */
function unless(reason: LiteLlmErrorReason, error: unknown): undefined {
  if (error instanceof LiteLlmError && error.reason === reason) return undefined;
  throw error;
}

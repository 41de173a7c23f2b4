import type { Clock, KeyMirror, MirroredKey } from '@keywright/core';
import type { LiteLlmClient } from '../client.ts';
import { LiteLlmError, type LiteLlmErrorReason } from '../errors/litellm-error.ts';
import type { KeysClient } from '../keys.ts';
import { ensureTeam } from './ensure-team.ts';
import { memberAdder } from './ensure-team-member.ts';
import { ensureUser } from './ensure-user.ts';
import { fromLiteLlmKey } from './from-litellm-key.ts';
import { orKeywrightError } from './to-keywright-error.ts';
import { toGenerateRequest, toUpdateRequest } from './to-litellm-key.ts';

/** Keywright's copies in LiteLLM, by the management API. */
export function createKeyMirror({ keys, teams, users }: LiteLlmClient, clock: Clock): KeyMirror {
  const addMember = memberAdder(teams);
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
    listKeys: (signal) => listKeys(keys, signal),
    ensureTeam: (team, signal) => orKeywrightError(ensureTeam(teams, team, signal)),
    ensureTeamMember: (teamId, userId, signal) => orKeywrightError(addMember(teamId, userId, signal)),
    ensureUser: (user, signal) => orKeywrightError(ensureUser(users, user, signal)),
  };
}

async function* listKeys(keys: KeysClient, signal: AbortSignal): AsyncGenerator<MirroredKey[]> {
  const pages = keys.pages({}, signal)[Symbol.asyncIterator]();
  for (;;) {
    const page = await orKeywrightError(pages.next());
    if (page.done) return;
    yield page.value.flatMap((row) => fromLiteLlmKey(row.token, row) ?? []);
  }
}

/** Takes one reason for an answer; anything else goes on being an error. */
function unless(reason: LiteLlmErrorReason, error: unknown): undefined {
  if (error instanceof LiteLlmError && error.reason === reason) return undefined;
  throw error;
}

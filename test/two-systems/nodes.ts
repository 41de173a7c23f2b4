import { type Actor, createKeywright, type Keywright, type LiteLlm, type Storage } from '@keywright/core';

/** Short, so that a LiteLLM that hangs costs a test little. */
export const gatewayDeadlineMs = 1_500;

export const actor: Actor = { tenantId: 'acme', userId: 'alice', roles: ['user'] };

/** A node: what runs in one process. */
export function keywrightOn(storage: Storage, litellm: LiteLlm): Keywright {
  return createKeywright({ storage, litellm, gatewayDeadlineMs, maxKeysPerUser: 1_000 });
}

import {
  type Actor,
  createKeywright,
  type Keywright,
  type KeywrightOptions,
  type LiteLlm,
  type Storage,
} from '@keywright/core';
import { createLiteLlm } from '@keywright/litellm-client';

/** Short, so that a LiteLLM that hangs costs a test little. */
export const gatewayDeadlineMs = 1_500;

export const actor: Actor = { tenantId: 'acme', userId: 'alice', roles: ['user'] };
export const admin: Actor = { tenantId: 'acme', userId: 'dana', roles: ['admin'] };
export const operator: Actor = { tenantId: 'platform', userId: 'olga', roles: ['operator'] };

/** A node: what runs in one process. */
export function keywrightOn(storage: Storage, litellm: LiteLlm, options: Partial<KeywrightOptions> = {}): Keywright {
  return createKeywright({ storage, litellm, gatewayDeadlineMs, maxKeysPerUser: 1_000, ...options });
}

/** Without the circuit breaker: it would hold back calls of a test because of the faults of the one before. */
export function connect({ url, masterKey }: { url: string; masterKey: string }): LiteLlm {
  return createLiteLlm({ baseUrl: url, masterKey, breaker: null });
}

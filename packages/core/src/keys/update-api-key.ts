import type { z } from 'zod';
import type { Actor, Scope } from '../actor.ts';
import { KeywrightError } from '../errors.ts';
import { definedOnly } from '../input.ts';
import type { Stores } from '../storage.ts';
import type { ApiKey } from './api-key.ts';
import type { updateApiKeyInput } from './api-key-input.ts';
import { changeApiKey } from './change-api-key.ts';
import { assertExpiry, assertModels } from './create-api-key.ts';
import { type KeyParts, keyNotFound } from './key-parts.ts';
import { assertWithinParents } from './limits.ts';
import type { ApiKeyWithModels } from './ports.ts';

type Input = z.output<typeof updateApiKeyInput>;

/** Changes what a key may do, within the same bounds as at its creation. */
export function updateApiKey(
  parts: KeyParts,
  actor: Actor,
  scope: Scope,
  id: string,
  input: Input,
): Promise<ApiKeyWithModels> {
  return changeApiKey(parts, actor, scope, id, async (stores, key) => {
    if (input.expiresAt !== undefined && key.expiresAt && key.expiresAt.getTime() <= parts.clock.now()) {
      // it no longer counts to the user's limit, so it cannot come back past it
      throw new KeywrightError('key_not_active', 'The key has expired for good: create a new one.');
    }
    const change = definedOnly(input);
    await assertAllowed(parts, stores, { ...key, ...change }, input);
    return { action: 'API_KEY_UPDATE', change, onRefusal: 'put-back' };
  });
}

/** The same bounds as at creation, for what would be stored; what the change does not touch is not held against it. */
async function assertAllowed(parts: KeyParts, stores: Stores, wanted: ApiKey, input: Input): Promise<void> {
  const subscription = await stores.subscriptions.find(wanted.tenantId, wanted.subscriptionId);
  const user = await stores.users.find(wanted.tenantId, wanted.userId);
  if (!subscription || !user) throw keyNotFound();
  if (input.models !== undefined) assertModels(wanted.models, subscription.models);
  if (input.expiresAt !== undefined) assertExpiry(wanted.expiresAt, parts.clock.now());
  assertWithinParents(wanted, subscription, user);
}

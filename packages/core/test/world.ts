import { type Actor, createKeywright, type Keywright, type KeywrightOptions } from '@keywright/core';
import {
  createMemoryLiteLlm,
  createMemoryStorage,
  type MemoryLiteLlm,
  type MemoryStorage,
} from '@keywright/core/memory';
import { FixedClock } from '@keywright/core/testing';

export const alice: Actor = { tenantId: 'acme', userId: 'alice', roles: ['user'] };
export const bob: Actor = { tenantId: 'acme', userId: 'bob', roles: ['user'] };
export const dana: Actor = { tenantId: 'acme', userId: 'dana', roles: ['user', 'admin'] };
export const auditor: Actor = { tenantId: 'acme', userId: 'audrey', roles: ['admin-readonly'] };
export const stranger: Actor = { tenantId: 'globex', userId: 'alice', roles: ['user', 'admin'] };
export const olga: Actor = { tenantId: 'platform', userId: 'olga', roles: ['operator'] };

export interface CoreWorld {
  clock: FixedClock;
  storage: MemoryStorage;
  litellm: MemoryLiteLlm;
  keywright: Keywright;
  subscriptionId: string;
}

/** Keywright in memory, with a subscription of alice's that allows the models `gpt-a` and `gpt-b`. */
export async function aWorld(options: Partial<KeywrightOptions> = {}): Promise<CoreWorld> {
  const clock = new FixedClock();
  const storage = createMemoryStorage({ clock });
  const litellm = createMemoryLiteLlm({ clock });
  const keywright = createKeywright({ storage, litellm, clock, ...options });
  const subscription = await keywright.subscriptions.create(dana, {
    userId: 'alice',
    models: ['gpt-a', 'gpt-b'],
    isDefault: true,
    maxBudget: '100',
    tpmLimit: 1_000,
  });
  await keywright.sync.runDue();
  return { clock, storage, litellm, keywright, subscriptionId: subscription.id };
}

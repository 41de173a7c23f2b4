import type { Keywright, Logger, Storage } from '@keywright/core';
import type { DemoUser } from './demo-users.ts';

/**
 * Records the demo users, and gives each who has no subscription a default one with every model of LiteLLM. Resolves to
 * the names of those models; to none when LiteLLM does not answer.
 */
export async function seed(
  { keywright, storage, logger }: { keywright: Keywright; storage: Storage; logger: Logger },
  users: readonly DemoUser[],
): Promise<string[]> {
  const catalog = await keywright.models.catalog().catch(() => new Map<string, unknown>());
  // a wildcard route (`openai/*`) is no model that a key could name
  const models = [...catalog.keys()].filter((name) => !name.includes('*'));
  for (const user of users) {
    const { tenantId, userId, name } = user;
    await storage.users.ensure(tenantId, userId, { name });
    if (await hasSubscription(keywright, user)) continue;
    if (models.length === 0) {
      logger.warn(`${userId} gets no subscription: LiteLLM does not answer, or offers no models. Start again then.`);
      continue;
    }
    const actor = { tenantId, userId: 'portal', roles: ['operator'] as const };
    await keywright.subscriptions.create(actor, { userId, name: 'Default', models, isDefault: true });
  }
  return models;
}

async function hasSubscription(keywright: Keywright, { tenantId, userId }: DemoUser): Promise<boolean> {
  const own = { tenantId, userId, roles: ['user'] as const };
  const { items } = await keywright.subscriptions.list(own, {}, { limit: 1 });
  return items.length > 0;
}

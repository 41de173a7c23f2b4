import type { Clock, Keywright, Logger, Storage } from '@keywright/core';
import type { DemoUser } from './demo-users.ts';

/** The first try has ended; where it could not reach LiteLLM, others follow until one does. */
export interface Seeding {
  /** What the demo users may call, as far as known by now. */
  models: readonly string[];
  /** Tries no more; resolves when a try that runs has ended. */
  stop(): Promise<void>;
}

interface Parts {
  keywright: Keywright;
  storage: Storage;
  logger: Logger;
  clock: Clock;
}

const retryMs = 2_000;

/**
 * Records the demo users, and gives each who has no subscription a default one with every model of LiteLLM. When
 * LiteLLM's list cannot be read, it says why, once, and goes on in the background: LiteLLM may be started later.
 */
export async function seed(parts: Parts, users: readonly DemoUser[]): Promise<Seeding> {
  const { storage, logger, clock } = parts;
  for (const { tenantId, userId, name } of users) await storage.users.ensure(tenantId, userId, { name });
  const lacking = await withoutSubscription(parts.keywright, users);
  const models = await readModels(parts.keywright);
  let isStopped = false;
  let cancel = () => {};
  let running: Promise<void> = Promise.resolve();
  const later = () => {
    cancel = clock.after(retryMs, () => {
      running = tryAgain();
    });
  };
  const tryAgain = async () => {
    const outcome = await subscribe(parts, lacking).catch((error: unknown) => reasonOf(error));
    if (typeof outcome !== 'string') logger.info('LiteLLM answers: the demo users have subscriptions now');
    else if (!isStopped) later();
  };
  if (typeof models !== 'string') await subscribe(parts, lacking);
  else if (lacking.length > 0) {
    const names = lacking.map(({ userId }) => userId).join(', ');
    logger.warn(`No subscription yet for ${names}, so they cannot create keys: ${models}. Trying on.`);
    later();
  }
  return {
    models: typeof models === 'string' ? [] : models,
    stop() {
      isStopped = true;
      cancel();
      return running;
    },
  };
}

/** Resolves to the reason when it could not be. */
async function subscribe({ keywright }: Parts, users: readonly DemoUser[]): Promise<string | undefined> {
  const models = await readModels(keywright);
  if (typeof models === 'string') return models;
  for (const { tenantId, userId } of await withoutSubscription(keywright, users)) {
    const actor = { tenantId, userId: 'portal', roles: ['operator'] as const };
    await keywright.subscriptions.create(actor, { userId, name: 'Default', models, isDefault: true });
  }
  return undefined;
}

/** The names of LiteLLM's models, or why there are none. */
async function readModels(keywright: Keywright): Promise<string[] | string> {
  try {
    // a wildcard route (`openai/*`) is no model that a key could name
    const names = [...(await keywright.models.catalog()).keys()].filter((name) => !name.includes('*'));
    return names.length > 0 ? names : 'LiteLLM offers no models';
  } catch (error) {
    return reasonOf(error);
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

async function withoutSubscription(keywright: Keywright, users: readonly DemoUser[]): Promise<DemoUser[]> {
  const lacking: DemoUser[] = [];
  for (const user of users) {
    const own = { tenantId: user.tenantId, userId: user.userId, roles: ['user'] as const };
    const { items } = await keywright.subscriptions.list(own, {}, { limit: 1 });
    if (items.length === 0) lacking.push(user);
  }
  return lacking;
}

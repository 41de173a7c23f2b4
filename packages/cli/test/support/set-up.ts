import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createKeywright } from '@keywright/core';
import { createLiteLlm } from '@keywright/litellm-client';
import { type RunningStandIn, startLiteLlmStandIn } from '@keywright/litellm-stand-in';
import { createPostgresStorage } from '@keywright/postgres-store';
import { openPglite } from '@keywright/postgres-store/pglite';

export interface SetUp {
  env: Record<string, string>;
  standIn: RunningStandIn;
  close(): Promise<void>;
}

/** A folder for a PGlite, and a LiteLLM. */
export async function setUp(options: { masterKey?: string } = {}): Promise<SetUp> {
  const folder = mkdtempSync(path.join(tmpdir(), 'keywright-cli-'));
  const standIn = await startLiteLlmStandIn(options);
  return {
    standIn,
    env: { KEYWRIGHT_DATA_DIR: folder, LITELLM_BASE_URL: standIn.url, LITELLM_MASTER_KEY: standIn.masterKey },
    async close() {
      await standIn.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** What a host's backend does beforehand: gives a user a subscription. */
export async function giveSubscription({ env, standIn }: SetUp, tenantId: string, userId: string): Promise<string> {
  const { pglite, close } = await openPglite(path.join(env.KEYWRIGHT_DATA_DIR ?? '', 'postgres'));
  const litellm = createLiteLlm({ baseUrl: standIn.url, masterKey: standIn.masterKey });
  const keywright = createKeywright({ storage: createPostgresStorage({ pglite }), litellm });
  try {
    const operator = { tenantId, userId: 'test', roles: ['operator'] as const };
    const models = ['gpt-4o', 'gpt-4o-mini'];
    const { id } = await keywright.subscriptions.create(operator, { userId, models, isDefault: true });
    return id;
  } finally {
    await keywright.close();
    await litellm.close();
    await close();
  }
}

import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { LiteLlm } from '@keywright/core';
import { createLiteLlm } from '@keywright/litellm-client';
import { startLiteLlmStandIn } from '@keywright/litellm-stand-in';
import type { Config } from './config.ts';
import { inDataDir } from './data-dir.ts';

export interface OpenLiteLlm {
  litellm: LiteLlm;
  baseUrl: string;
  close(): Promise<void>;
}

/** The configured proxy, or a pretended one that lives as long as this process. */
export async function openLiteLlm(config: Pick<Config, 'litellm' | 'database' | 'dataDir'>): Promise<OpenLiteLlm> {
  if (config.litellm) {
    const litellm = createLiteLlm(config.litellm);
    return { litellm, baseUrl: config.litellm.baseUrl, close: () => litellm.close() };
  }
  const masterKey = `sk-${randomBytes(24).toString('base64url')}`;
  const standIn = await inDataDir(() => startLiteLlmStandIn({ masterKey, ...keptState(config) }));
  const litellm = createLiteLlm({ baseUrl: standIn.url, masterKey });
  return {
    litellm,
    baseUrl: standIn.url,
    async close() {
      await litellm.close();
      await standIn.close();
    },
  };
}

/** Where the database outlives the process, the pretended LiteLLM must too: else every key would be gone there. */
function keptState({ database, dataDir }: Pick<Config, 'database' | 'dataDir'>): { stateFile?: string } {
  if (database.kind === 'memory') return {};
  mkdirSync(dataDir, { recursive: true });
  return { stateFile: path.join(dataDir, 'litellm-stand-in') };
}

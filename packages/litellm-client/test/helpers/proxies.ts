import type { LiteLlm } from '@keywright/core';
import { type LiteLlmVersion, type StandInModel, startLiteLlmStandIn } from '@keywright/litellm-stand-in';
import { createLiteLlm, createLiteLlmClient, type LiteLlmClient } from '../../src/index.ts';

/** A proxy that the suites run against, with the models `fake-gpt` and `fake-priced` (0.001 and 0.002 USD a token). */
export interface Proxy {
  name: string;
  version: string;
  open(): Promise<OpenedProxy>;
}

export interface OpenedProxy {
  litellm: LiteLlm;
  client: LiteLlmClient;
  baseUrl: string;
  masterKey: string;
  close(): Promise<void>;
}

const models: StandInModel[] = [
  { name: 'fake-gpt', inputCostPerToken: 0.00000015, outputCostPerToken: 0.0000006 },
  { name: 'fake-priced', inputCostPerToken: 0.001, outputCostPerToken: 0.002 },
];

function standIn(version: LiteLlmVersion): Proxy {
  return {
    name: `the stand-in of LiteLLM ${version}`,
    version,
    async open() {
      const running = await startLiteLlmStandIn({ version, models });
      return opened(running.url, running.masterKey, () => running.close());
    },
  };
}

function opened(baseUrl: string, masterKey: string, stop: () => Promise<void>): OpenedProxy {
  const litellm = createLiteLlm({ baseUrl, masterKey, requestTimeoutMs: 30_000 });
  const client = createLiteLlmClient({ baseUrl, masterKey, timeoutMs: 30_000 });
  const close = async () => {
    await litellm.close();
    await stop();
  };
  return { litellm, client, baseUrl, masterKey, close };
}

const { LITELLM_BASE_URL, LITELLM_MASTER_KEY = '', LITELLM_VERSION = 'unknown' } = process.env;

/** The oldest and the newest supported version; and a real one where LITELLM_BASE_URL names it. */
export const proxies: Proxy[] = [
  standIn('1.81.12'),
  standIn('1.109.1'),
  ...(LITELLM_BASE_URL
    ? [
        {
          name: `LiteLLM ${LITELLM_VERSION}, live`,
          version: LITELLM_VERSION,
          open: async () => opened(LITELLM_BASE_URL, LITELLM_MASTER_KEY, async () => {}),
        },
      ]
    : []),
];

import {
  type LiteLlmVersion,
  type RunningStandIn,
  type StandInOptions,
  startLiteLlmStandIn,
} from '@keywright/litellm-stand-in';
import type { LiteLlmProxy, Peers } from './proxy.ts';

/** As in tools/litellm-live/config.yaml. */
const models = [
  { name: 'mock-gpt', inputCostPerToken: 0.00000015, outputCostPerToken: 0.0000006 },
  { name: 'fake-gpt', inputCostPerToken: 0.00000015, outputCostPerToken: 0.0000006 },
  { name: 'fake-pair', inputCostPerToken: 0.00000015, outputCostPerToken: 0.0000006, deployments: 2 },
  { name: 'fake-priced', inputCostPerToken: 0.001, outputCostPerToken: 0.002 },
];

/** A stand-in for a release. What the facts wait for passes on its clock alone. */
export async function standInProxy(version: LiteLlmVersion): Promise<LiteLlmProxy & { close(): Promise<void> }> {
  const running: RunningStandIn[] = [];
  const start = async (options: StandInOptions = {}) => {
    const started = await startLiteLlmStandIn({ version, models, ...options });
    running.push(started);
    return started;
  };
  const { url, masterKey, standIn } = await start();
  const peers: Peers = {
    async beside(use) {
      const peer = await start({ database: standIn, cooldowns: true });
      return use({
        url: peer.url,
        cutDatabase: () => peer.standIn.cutDatabase(),
        restoreDatabase: () => peer.standIn.restoreDatabase(),
      });
    },
    withoutDatabase: async () => (await start({ database: null })).url,
  };
  return {
    url,
    masterKey,
    version,
    licensed: false,
    now: () => standIn.now().getTime(),
    wait: async (ms) => standIn.advance(ms),
    upstreamCalls: async () => standIn.upstreamCalls.length,
    peers,
    async close() {
      await Promise.all(running.map((one) => one.close()));
    },
  };
}

import { defineProject } from 'vitest/config';

const live = process.env.LITELLM_CONTRACT_URL;

/** Against the stand-in, or against the proxy of LITELLM_CONTRACT_URL: see docs/litellm-compatibility.md. */
export default defineProject({
  resolve: { conditions: ['@keywright/source'] },
  ssr: { resolve: { conditions: ['@keywright/source'] } },
  test: {
    name: 'litellm-contract',
    environment: 'node',
    include: live ? ['live.test.ts'] : ['stand-in.test.ts', 'document.test.ts'],
    testTimeout: 180_000, // the facts about windows and caches wait for more than a minute
    hookTimeout: 120_000,
    maxConcurrency: 6,
  },
});

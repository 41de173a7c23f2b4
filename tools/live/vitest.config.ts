import { defineProject } from 'vitest/config';

/** Against a real LiteLLM: part of the workspace only where LITELLM_BASE_URL names one (see tools/with-litellm.mjs). */
export default defineProject({
  resolve: { conditions: ['@keywright/source'] },
  ssr: { resolve: { conditions: ['@keywright/source'] } },
  test: { name: 'live', environment: 'node', testTimeout: 60_000, hookTimeout: 60_000 },
});

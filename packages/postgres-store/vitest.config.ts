import { defineProject } from 'vitest/config';

export default defineProject({
  resolve: { conditions: ['@keywright/source'] },
  ssr: { resolve: { conditions: ['@keywright/source'] } },
  // Starting a PGlite takes seconds, and on a busy machine tens of them. No test waits for time to pass.
  test: { name: 'postgres-store', environment: 'node', testTimeout: 60_000, hookTimeout: 120_000 },
});

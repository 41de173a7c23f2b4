import { defineProject } from 'vitest/config';

export default defineProject({
  resolve: { conditions: ['@keywright/source'] },
  ssr: { resolve: { conditions: ['@keywright/source'] } },
  test: { name: 'express-adapter', environment: 'node', testTimeout: 60_000, hookTimeout: 60_000 },
});

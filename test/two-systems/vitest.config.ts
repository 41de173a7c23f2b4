import { defineProject } from 'vitest/config';

export default defineProject({
  resolve: { conditions: ['@keywright/source'] },
  ssr: { resolve: { conditions: ['@keywright/source'] } },
  test: { name: 'two-systems', environment: 'node', testTimeout: 180_000, hookTimeout: 60_000 },
});

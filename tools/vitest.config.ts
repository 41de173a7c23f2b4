import { defineProject } from 'vitest/config';

/** What holds for the repository as a whole. The folders below have tests of their own kind. */
export default defineProject({
  resolve: { conditions: ['@keywright/source'] },
  ssr: { resolve: { conditions: ['@keywright/source'] } },
  test: { name: 'repository', environment: 'node', include: ['*.test.ts'], testTimeout: 30_000 },
});

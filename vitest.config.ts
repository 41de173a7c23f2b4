import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

const live = process.env.LITELLM_BASE_URL ? ['tools/live'] : [];

export default defineConfig({
  test: {
    projects: ['packages/*', 'examples/*', 'test/litellm-contract', 'test/two-systems', 'tools', ...live],
    // one worker less than there are cores, as is the default, leaves a machine with two idle half of the time:
    // most tests wait for a database or a server
    maxWorkers: Math.max(2, availableParallelism() - 1),
  },
});

import { defineConfig } from 'vitest/config';

const live = process.env.LITELLM_BASE_URL ? ['tools/live'] : [];

export default defineConfig({ test: { projects: ['packages/*', 'examples/*', 'test/*', 'tools', ...live] } });

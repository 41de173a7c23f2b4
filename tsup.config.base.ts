import { defineConfig } from 'tsup';

/** What every package builds with: ESM, CJS and types for both. Other packages of the family stay imports. */
export default defineConfig({
  entry: ['src/index.ts'],
  format: ['esm', 'cjs'],
  dts: true,
  clean: true,
  sourcemap: true,
  target: 'node22',
  platform: 'node',
  external: [/^@keywright\//],
  removeNodeProtocol: false,
  treeshake: false,
  splitting: false,
});

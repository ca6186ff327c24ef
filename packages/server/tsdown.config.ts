import { defineConfig } from 'tsdown'

export default defineConfig({
  entry: { index: 'src/index.ts', node: 'src/node/index.ts', testing: 'src/testing/index.ts' },
  format: 'esm',
  platform: 'neutral',
  dts: true,
  // Of the adapter for node alone; the linter holds the core to that.
  deps: { neverBundle: /^node:/ },
})

import { defineConfig } from 'tsdown'

export default defineConfig({
  entry: {
    index: 'src/index.ts',
    eventsource: 'src/eventsource/index.ts',
    polling: 'src/polling/index.ts',
    query: 'src/query/index.ts',
    tabs: 'src/tabs/index.ts',
    testing: 'src/testing/index.ts',
  },
  format: 'esm',
  platform: 'neutral',
  dts: true,
})

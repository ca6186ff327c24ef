import { defineConfig } from 'tsdown'

export default defineConfig({
  entry: { index: 'src/index.ts', 'query/index': 'src/query/index.ts' },
  format: 'esm',
  platform: 'neutral',
  dts: true,
  // One output file per source file, so that `'use client'` stays first where it stands.
  unbundle: true,
})

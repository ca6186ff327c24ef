import { defineConfig } from 'vitest/config'
import { testBuild } from './scripts/testBuild.ts'

// The suites run from source; with `TIDEWIRE_DIST=1` the same tests check the build.
const fromBuild = Boolean(process.env['TIDEWIRE_DIST'])
const conditions = fromBuild ? [] : ['tidewire-source']

export default defineConfig({
  plugins: fromBuild ? [testBuild()] : [],
  resolve: { conditions: [...conditions, 'module', 'browser', 'development|production'] },
  ssr: { resolve: { conditions: [...conditions, 'module', 'node', 'development|production'] } },
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: 'node',
          environment: 'node',
          include: [
            'packages/{protocol,server,client}/src/**/*.test.ts',
            'test/*.test.ts',
            'test/frameworks/*.test.ts',
            'test/parity/*.test.ts',
          ],
        },
      },
      {
        extends: true,
        test: {
          name: 'dom',
          environment: 'jsdom',
          include: ['packages/{react,vue}/src/**/*.test.{ts,tsx}'],
        },
      },
      {
        extends: true,
        test: {
          name: 'runtimes',
          environment: 'node',
          include: ['test/runtimes/*.test.ts'],
          testTimeout: 30_000,
          hookTimeout: 30_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'browser',
          environment: 'node',
          include: ['test/browser/**/*.test.ts'],
          globalSetup: 'test/browser/setup.ts',
          testTimeout: 60_000,
          hookTimeout: 60_000,
          // One Chromium and one playground at a time: two cores.
          fileParallelism: false,
        },
      },
    ],
  },
})

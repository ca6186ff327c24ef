import { availableParallelism } from 'node:os'
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
    // Nothing is said to have taken a second; a busy machine is slower than a quiet one by ten.
    expect: { poll: { timeout: 10_000 } },
    // One less than there are cores would be one at a time on two.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    projects: [
      {
        extends: true,
        test: {
          name: 'node',
          environment: 'node',
          // Nothing waits for time to pass; a busy machine is slower than a quiet one by as much.
          testTimeout: 20_000,
          hookTimeout: 20_000,
          include: [
            'packages/{protocol,server,client}/src/**/*.test.ts',
            'test/*.test.ts',
            'test/frameworks/*.test.ts',
            'test/interop/*.test.ts',
            'test/parity/*.test.ts',
            'test/protocol/*.test.ts',
            'test/channels/*.test.ts',
            'test/query/*.test.ts',
            'test/ssr/*.test.ts',
          ],
        },
      },
      {
        extends: true,
        test: {
          name: 'dom',
          environment: 'jsdom',
          testTimeout: 20_000,
          include: ['packages/{react,vue}/src/**/*.test.{ts,tsx}'],
        },
      },
      {
        extends: true,
        // The same tests on the oldest React that there is a promise for.
        resolve: {
          alias: ['react', 'react-dom', '@tanstack/react-query', '@testing-library/react'].map((name) => ({
            find: new RegExp(`^${name}(?=/|$)`),
            replacement: `${import.meta.dirname}/test/react18/node_modules/${name}`,
          })),
        },
        test: {
          name: 'react18',
          environment: 'jsdom',
          testTimeout: 20_000,
          include: ['packages/react/src/**/*.test.tsx', 'test/react18/*.test.ts'],
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
          // After all others, whose work would make a page late; and two files at once, which mostly wait, each with a Chromium of its own.
          sequence: { groupOrder: 1 },
          maxWorkers: 2,
        },
      },
    ],
  },
})

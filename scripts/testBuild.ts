import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import type { Plugin } from 'vite'
import { publishedPackages } from './publishedPackages.ts'

interface SourceExports {
  exports: Record<string, string | { 'tidewire-source': string; default: string }>
}

/**
 * Hands tests the build of an entry where they import its source (`./index.ts`). What a test imports by the package's
 * name is the build as soon as the condition for the source is dropped.
 */
export function testBuild(): Plugin {
  const builds = new Map<string, string>()
  for (const { directory } of publishedPackages()) {
    const { exports } = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8')) as SourceExports
    for (const target of Object.values(exports)) {
      if (typeof target === 'string') continue
      builds.set(join(directory, target['tidewire-source']), join(directory, target.default))
    }
  }
  return {
    name: 'tidewire-test-build',
    enforce: 'pre',
    resolveId(source, importer) {
      if (!source.startsWith('.') || !importer || !isTest(importer)) return null
      const build = builds.get(resolve(dirname(importer), source))
      if (build !== undefined && !existsSync(build)) throw new Error(`${build} is missing: run \`pnpm build\` first.`)
      return build
    },
  }
}

/** What serves the tests counts as one: two copies of a package, one of each kind, do not know each other. */
function isTest(file: string): boolean {
  return /\.test\.tsx?$|\/test\//.test(file)
}

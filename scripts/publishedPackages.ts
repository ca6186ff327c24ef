import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** What the scripts read of a package.json. */
export interface Manifest {
  name: string
  private?: boolean
  dependencies?: Record<string, string>
  peerDependencies?: Record<string, string>
  devDependencies?: Record<string, string>
  publishConfig?: { exports?: Record<string, string | { types: string; default: string }> }
}

/** A package of this workspace that is published. */
export interface PublishedPackage {
  directory: string
  manifest: Manifest
}

/** Lists the packages of this workspace that are published. */
export function publishedPackages(): PublishedPackage[] {
  const packages = fileURLToPath(new URL('../packages', import.meta.url))
  return readdirSync(packages)
    .map((name) => join(packages, name))
    .map((directory) => ({
      directory,
      manifest: JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8')) as Manifest,
    }))
    .filter(({ manifest }) => !manifest.private)
}

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { rolldown } from 'rolldown'
import { publishedPackages } from './publishedPackages.ts'

/**
 * The most that an import may weigh, in bytes, minified and gzipped; 1 kB is 1000 bytes. An entry with several parts is
 * limited by what is imported of it. What is not here is only shown, whole.
 */
const LIMITS: Record<string, { names?: string; limit: number }> = {
  // With the parser.
  '@tidewire/client': { names: '{ createEventStream }', limit: 7250 },
  // Most of it is what a client has anyway: to that it adds 6 kB.
  '@tidewire/client/tabs': { limit: 17_000 },
  '@tidewire/client/query': { limit: 6900 },
  '@tidewire/react': { limit: 1200 },
  '@tidewire/react/query': { limit: 800 },
  '@tidewire/vue': { limit: 1400 },
  '@tidewire/vue/query': { limit: 750 },
}

/**
 * Weighs an entry as an application would pay for it: with its dependencies, without its framework and without the
 * Tidewire package below it, which has a line of its own.
 */
async function weigh(file: string, names: string, external: string[]): Promise<number> {
  const bundle = await rolldown({
    input: 'application',
    plugins: [
      {
        name: 'application',
        resolveId: (id) => (id === 'application' ? id : undefined),
        load: (id) => (id === 'application' ? `export ${names} from ${JSON.stringify(file)}` : undefined),
      },
    ],
    external: (id) => id.startsWith('node:') || external.some((name) => id === name || id.startsWith(`${name}/`)),
    platform: 'neutral',
    resolve: { conditionNames: ['import', 'default'] },
    onLog: (_level, log) => {
      // An import that was not found would weigh nothing. The rest was the build's to say.
      if (log.code === 'UNRESOLVED_IMPORT') throw new Error(log.message)
    },
  })
  const { output } = await bundle.generate({ format: 'es', minify: true })
  await bundle.close()
  const code = output.map((file) => (file.type === 'chunk' ? file.code : '')).join('')
  return gzipSync(code, { level: 9 }).length
}

function kB(bytes: number): string {
  return `${(bytes / 1000).toFixed(2)} kB`
}

const rows: string[][] = []
const problems: string[] = []
const unseen = new Set(Object.keys(LIMITS))
for (const { directory, manifest } of publishedPackages()) {
  const ownPackages = Object.keys(manifest.dependencies ?? {}).filter((name) => name.startsWith('@tidewire/'))
  const external = [...Object.keys(manifest.peerDependencies ?? {}), ...ownPackages]
  for (const [subpath, target] of Object.entries(manifest.publishConfig?.exports ?? {})) {
    if (typeof target === 'string') continue
    const entry = `${manifest.name}${subpath.slice(1)}`
    const file = join(directory, target.default)
    unseen.delete(entry)
    if (!existsSync(file)) {
      problems.push(`${entry} is not built: run \`pnpm build\` first.`)
      continue
    }
    const { names, limit } = LIMITS[entry] ?? {}
    const whole = await weigh(file, '*', external)
    if (names) rows.push([entry, kB(whole), ''])
    const size = names ? await weigh(file, names, external) : whole
    const label = names ? `  ${names}` : entry
    rows.push([label, kB(size), limit === undefined ? '' : kB(limit)])
    if (limit !== undefined && size > limit) problems.push(`${label} is ${size - limit} bytes over its limit.`)
  }
}
problems.push(...[...unseen].map((entry) => `${entry} has a limit, and no package has that entry.`))

const table = [['entry', 'min+gzip', 'limit'], ...rows]
for (const [entry = '', size = '', limit = ''] of table) {
  console.log(`${entry.padEnd(24)}${size.padStart(10)}${limit.padStart(12)}`.trimEnd())
}
for (const problem of problems) console.error(problem)
if (problems.length > 0) process.exitCode = 1

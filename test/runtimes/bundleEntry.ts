import { join } from 'node:path'
import { rolldown } from 'rolldown'

/** Bundles an entry with the application and the library into one file, from source or from the build. */
export async function bundleEntry(name: string, folder: string): Promise<string> {
  const file = join(folder, `${name}.mjs`)
  const bundle = await rolldown({
    input: join(import.meta.dirname, `entries/${name}.ts`),
    platform: 'neutral',
    external: /^node:/,
    resolve: { conditionNames: [...(process.env['TIDEWIRE_DIST'] ? [] : ['tidewire-source']), 'import', 'default'] },
    onLog: (_level, log) => {
      throw new Error(log.message)
    },
  })
  await bundle.write({ file, format: 'es' })
  await bundle.close()
  return file
}

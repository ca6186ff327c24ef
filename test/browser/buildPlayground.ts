import { fileURLToPath } from 'node:url'
import { build } from 'vite'

const ROOT = fileURLToPath(new URL('../../apps/playground/', import.meta.url))

/** Builds the playground's pages into a directory, with all that their frameworks warn of while one develops. */
export async function buildPlayground(outDir: string): Promise<void> {
  await build({
    root: ROOT,
    configFile: `${ROOT}vite.config.ts`,
    logLevel: 'error',
    build: { outDir, emptyOutDir: true, minify: false, reportCompressedSize: false },
  })
}

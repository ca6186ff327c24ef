import { readFile } from 'node:fs/promises'
import type { Server } from 'node:http'
import { fileURLToPath } from 'node:url'
import { createServer } from 'vite'
import type { PageSource } from './pages.ts'

const ROOT = fileURLToPath(new URL('..', import.meta.url))

/** Serves the pages from source, by Vite. */
export async function createVitePages(server: Server, isWatching: boolean): Promise<PageSource> {
  const vite = await createServer({
    root: ROOT,
    configFile: `${ROOT}/vite.config.ts`,
    appType: 'custom',
    // The address stays where it was printed.
    clearScreen: false,
    server: {
      middlewareMode: true,
      hmr: { server },
      // The server's own source is no part of a page.
      fs: { deny: ['.env', '.env.*', '*.{crt,pem}', '**/.git/**', `${ROOT}server/**`] },
      ...(!isWatching && { watch: null }),
    },
  })

  return {
    async readPage(framework) {
      const source = await readFile(`${ROOT}/${framework}.html`, 'utf8')
      return vite.transformIndexHtml(`/${framework}.html`, source)
    },
    serve: vite.middlewares,
    close: () => vite.close(),
  }
}

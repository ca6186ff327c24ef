import { readFile } from 'node:fs/promises'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { fileURLToPath } from 'node:url'
import { createServer } from 'vite'
import { wrongMethod } from './http.ts'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const FRAMEWORKS = ['react', 'vue']

export interface PagesOptions {
  /** The largest file that the server takes, in bytes; the pages say so. */
  maxUpload: number
  /** Whether a page changes when its source does. */
  isWatching: boolean
}

export interface Pages {
  /** Answers with a page, or with a module of one. */
  handle(req: IncomingMessage, res: ServerResponse): Promise<void>
  close(): Promise<void>
}

/** Serves the pages from source, by Vite. */
export async function createPages(server: Server, { maxUpload, isWatching }: PagesOptions): Promise<Pages> {
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

  async function render(framework: string, res: ServerResponse): Promise<void> {
    const source = await readFile(`${ROOT}/${framework}.html`, 'utf8')
    const html = await vite.transformIndexHtml(`/${framework}.html`, source)
    res.setHeader('Content-Type', 'text/html; charset=utf-8')
    res.setHeader('Cache-Control', 'no-store')
    res.end(html.replace('%MAX_UPLOAD%', String(maxUpload)))
  }

  return {
    async handle(req, res) {
      if (req.method !== 'GET' && req.method !== 'HEAD') throw wrongMethod(['GET'])
      const path = req.url?.replace(/[?#].*/, '').replace(/(?<=.)\/$/, '')
      if (path === '/') return void res.writeHead(302, { Location: '/react' }).end()
      // Which page it is, the framework's code reads from the address.
      const framework = FRAMEWORKS.find((name) => path === `/${name}` || path === `/${name}/chat`)
      if (framework) return await render(framework, res)
      vite.middlewares(req, res, () =>
        res.writeHead(404, { 'Content-Type': 'text/plain' }).end('There is no such page.\n'),
      )
    },
    close: () => vite.close(),
  }
}

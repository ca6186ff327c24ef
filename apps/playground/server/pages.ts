import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { readBuild } from './builtPages.ts'
import { wrongMethod } from './http.ts'
import { createVitePages } from './vitePages.ts'

const FRAMEWORKS = ['react', 'vue']

export interface PagesOptions {
  /** The largest file that the server takes, in bytes; the pages say so. */
  maxUpload: number
  /** Whether a page changes when its source does. */
  isWatching: boolean
  /** The directory of a build of the pages; undefined to serve them from source, by Vite. */
  buildDirectory: string | undefined
}

/** Where the pages come from. */
export interface PageSource {
  /** The page of a framework. */
  readPage(framework: string): Promise<string>
  /** Answers with what a page needs, or calls `next` where there is no such thing. */
  serve(req: IncomingMessage, res: ServerResponse, next: () => void): void
  close(): Promise<void>
}

export interface Pages {
  /** Answers with a page, or with a module of one. */
  handle(req: IncomingMessage, res: ServerResponse): Promise<void>
  close(): Promise<void>
}

/** Serves the pages. */
export async function createPages(server: Server, options: PagesOptions): Promise<Pages> {
  const { maxUpload, isWatching, buildDirectory } = options
  const source = buildDirectory ? await readBuild(buildDirectory) : await createVitePages(server, isWatching)

  return {
    async handle(req, res) {
      if (req.method !== 'GET' && req.method !== 'HEAD') throw wrongMethod(['GET'])
      const path = req.url?.replace(/[?#].*/, '').replace(/(?<=.)\/$/, '')
      if (path === '/') return void res.writeHead(302, { Location: '/react' }).end()
      // Which page it is, the framework's code reads from the address.
      const framework = FRAMEWORKS.find((name) => path === `/${name}` || path === `/${name}/chat`)
      if (framework) {
        const html = await source.readPage(framework)
        res.setHeader('Content-Type', 'text/html; charset=utf-8')
        res.setHeader('Cache-Control', 'no-store')
        return void res.end(html.replace('%MAX_UPLOAD%', String(maxUpload)))
      }
      source.serve(req, res, () => res.writeHead(404, { 'Content-Type': 'text/plain' }).end('There is no such page.\n'))
    },
    close: () => source.close(),
  }
}

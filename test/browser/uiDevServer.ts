import { once } from 'node:events'
import { cp, mkdtemp, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createSSEHub, createSSEStream, type SSESession } from '@tidewire/server'
import { pipeSSE, toNodeHandler } from '@tidewire/server/node'
import react from '@vitejs/plugin-react'
import vue from '@vitejs/plugin-vue'
import { createServer as createViteServer } from 'vite'

/** A page under development: Vite serves it, and loads again what is edited. */
export interface UIDevServer {
  readonly origin: string
  /** How often the stream was asked for. */
  readonly requests: number
  /** How many connections there are, of the stream and of the hub. */
  readonly connections: number
  /** Sends a number to all who follow the stream, and to the channel that the page follows. */
  send: (n: number) => Promise<void>
  /** Edits the component. */
  edit: (before: string, after: string) => Promise<void>
  close: () => Promise<void>
}

/** Starts Vite on a copy of the page, so that nobody else's files are edited. */
export async function startUIDevServer(component: string, main: string): Promise<UIDevServer> {
  const folder = await mkdtemp(join(await realpath(tmpdir()), 'tidewire-hot-'))
  await cp(join(import.meta.dirname, 'uiHot'), folder, { recursive: true })
  await symlink(join(import.meta.dirname, '../../node_modules'), join(folder, 'node_modules'), 'dir')

  const hub = createSSEHub()
  hub.channel('orders/:id')
  const handleHub = toNodeHandler(hub)
  const sessions = new Set<SSESession>()
  let requests = 0
  const server = createServer((req, res) => {
    const { url = '' } = req
    if (url.startsWith('/_sse')) return void handleHub(req, res)
    if (url === '/stream') {
      requests++
      const stream = createSSEStream((session) => {
        sessions.add(session)
        session.onClose(() => sessions.delete(session))
      })
      return void pipeSSE(stream, req, res)
    }
    if (url !== '/') return vite.middlewares(req, res)
    const page = `<!doctype html><link rel="icon" href="data:,"><body></body><script type="module" src="/${main}"></script>`
    void vite
      .transformIndexHtml(url, page)
      .then((html) => res.writeHead(200, { 'Content-Type': 'text/html' }).end(html))
  })
  const vite = await createViteServer({
    configFile: false,
    root: folder,
    cacheDir: join(folder, '.vite'),
    appType: 'custom',
    logLevel: 'error',
    plugins: [react(), vue()],
    resolve: { conditions: ['tidewire-source', 'module', 'browser', 'development|production'] },
    server: { middlewareMode: true, hmr: { server }, fs: { strict: false } },
    // What is found later would load the page anew.
    optimizeDeps: {
      noDiscovery: true,
      include: ['react', 'react-dom', 'react-dom/client', 'react/jsx-dev-runtime', 'react/jsx-runtime', 'vue'],
    },
  })
  server.listen(0)
  await once(server, 'listening')

  return {
    origin: `http://localhost:${(server.address() as AddressInfo).port}`,
    get requests() {
      return requests
    },
    get connections() {
      return sessions.size + hub.connectionCount
    },
    async send(n) {
      for (const session of sessions) session.write({ event: 'tick', id: n, data: { n } })
      await hub.to('orders/1').send('updated', { n })
    },
    async edit(before, after) {
      const file = join(folder, component)
      const text = await readFile(file, 'utf8')
      if (!text.includes(before)) throw new Error(`There is no ${before} in ${component}.`)
      await writeFile(file, text.replace(before, after))
    },
    async close() {
      await vite.close()
      await hub.close()
      server.closeAllConnections()
      server.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

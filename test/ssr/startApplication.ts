import { once } from 'node:events'
import { mkdtemp, readFile, realpath, rm, symlink } from 'node:fs/promises'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { createSSEHub, createSSEStream, type SSESession } from '@tidewire/server'
import { pipeSSE, toNodeHandler } from '@tidewire/server/node'
import { build, type InlineConfig } from 'vite'
import { channels, type PageState } from './contract.ts'

export type Framework = 'react' | 'vue'

/** A server that renders a page, and sends what happens from then on. */
export interface Application {
  readonly origin: string
  /** What was asked for, without the pages themselves. */
  readonly requests: readonly IncomingMessage[]
  /** How many streams are open, of both kinds. */
  readonly streams: number
  /** Lets something happen: a tick, and a title of the order. */
  happen: () => Promise<void>
  /** Is called with each page that was rendered, before it is sent. */
  onRendered: (() => Promise<void>) | undefined
  close: () => Promise<void>
}

/** Builds the page of a framework, once for the server and once for the browser, and serves it. */
export async function startApplication(framework: Framework): Promise<Application> {
  const folder = await mkdtemp(join(await realpath(tmpdir()), 'tidewire-ssr-'))
  await symlink(join(import.meta.dirname, '../../node_modules'), join(folder, 'node_modules'), 'dir')
  const extension = framework === 'react' ? 'tsx' : 'ts'
  await buildEntry(join(framework, `entryServer.${extension}`), join(folder, 'server'), true)
  await buildEntry(join(framework, `entryClient.${extension}`), join(folder, 'client'), false)
  const { render } = (await import(/* @vite-ignore */ pathToFileURL(join(folder, 'server/entry.js')).href)) as {
    render: (state: PageState) => Promise<string>
  }

  const hub = createSSEHub({ channels })
  hub.channel('orders/:id', { presence: true })
  const state = { ticks: [] as number[], lastTick: '', titles: [] as string[], lastTitle: '' }
  const readers = new Set<SSESession>()
  const requests: IncomingMessage[] = []
  const sendTick = (session: SSESession, n: number) => session.write({ event: 'tick', id: n, data: { n } })
  const handleHub = toNodeHandler(hub)

  const server = createServer((req, res) => {
    const { url = '' } = req
    if (url === '/') {
      void sendPage()
      return
    }
    if (url.endsWith('.js')) {
      void readFile(join(folder, 'client', url)).then((script) =>
        res.writeHead(200, { 'Content-Type': 'text/javascript' }).end(script),
      )
      return
    }
    requests.push(req)
    if (url !== '/api/ticks') return void handleHub(req, res)
    const stream = createSSEStream((session) => {
      readers.add(session)
      session.onClose(() => readers.delete(session))
      for (const n of state.ticks) if (n > Number(session.lastEventId)) sendTick(session, n)
    })
    void pipeSSE(stream, req, res)

    async function sendPage(): Promise<void> {
      const json = JSON.stringify(state)
      const page = await render(state)
      await application.onRendered?.()
      res.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8' })
      res.end(`<!doctype html><link rel="icon" href="data:,"><div id="app">${page}</div>
<script id="state" type="application/json">${json}</script><script type="module" src="/entry.js"></script>`)
    }
  }).listen(0)
  await once(server, 'listening')

  const application: Application = {
    origin: `http://localhost:${(server.address() as AddressInfo).port}`,
    requests,
    get streams() {
      return readers.size + hub.connectionCount
    },
    async happen() {
      const n = state.ticks.length + 1
      state.ticks = [...state.ticks, n]
      state.lastTick = String(n)
      for (const session of readers) sendTick(session, n)
      const title = `title${n}`
      state.titles = [...state.titles, title]
      ;({ id: state.lastTitle } = await hub.to('orders/42').send('updated', { title }))
    },
    onRendered: undefined,
    async close() {
      await hub.close()
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
      await rm(folder, { recursive: true, force: true })
    },
  }
  return application
}

async function buildEntry(entry: string, outDir: string, isServer: boolean): Promise<void> {
  const input = join(import.meta.dirname, entry)
  const conditions = process.env['TIDEWIRE_DIST'] ? [] : ['tidewire-source']
  const config: InlineConfig = {
    configFile: false,
    root: import.meta.dirname,
    logLevel: 'warn',
    // What a framework says of a mismatch, it says while developing.
    mode: 'development',
    define: {
      'process.env.NODE_ENV': '"development"',
      __VUE_OPTIONS_API__: 'true',
      __VUE_PROD_DEVTOOLS__: 'false',
      __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: 'true',
    },
    resolve: { conditions: [...conditions, 'module', 'browser', 'development|production'] },
    ssr: {
      noExternal: [/^@tidewire\//],
      resolve: { conditions: [...conditions, 'module', 'node', 'development|production'] },
    },
    build: {
      outDir,
      emptyOutDir: true,
      minify: false,
      ssr: isServer,
      rolldownOptions: {
        input,
        output: { entryFileNames: 'entry.js', codeSplitting: false },
        // `'use client'` is for those who build servers of components.
        checks: { moduleLevelDirective: false },
      },
    },
  }
  await build(config)
}

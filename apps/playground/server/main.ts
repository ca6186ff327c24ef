import { createServer } from 'node:http'
import { createAPI } from './api.ts'
import { HTTPFailure, sendFailure, toFailure } from './http.ts'
import { isLocalHost } from './isLocalHost.ts'
import { listen } from './listen.ts'
import { createPages } from './pages.ts'
import { readSettings, type Settings } from './settings.ts'
import { createUploadDirectory } from './uploadDirectory.ts'

let settings: Settings
try {
  settings = readSettings(process.env)
} catch (error) {
  console.error((error as Error).message)
  process.exit(1)
}
const { port: wantedPort, maxUpload, uploadDirectory, ordersFile, isWatching, buildDirectory } = settings

const directory = createUploadDirectory(uploadDirectory)
const server = createServer((req, res) => {
  if (!isLocalHost(req.headers.host)) {
    const failure = new HTTPFailure(403, 'host', 'This server answers only to the names of its own machine.')
    return void sendFailure(req, res, failure)
  }
  const site = /^\/(api\/|_sse\b)/.test(req.url ?? '') ? api : pages
  site.handle(req, res).catch((error: unknown) => {
    const failure = toFailure(error)
    if (failure.status === 500) console.error(error)
    void sendFailure(req, res, failure)
  })
})
// The default would cut an upload off after five minutes. Each body has a deadline of its own instead.
server.requestTimeout = 0
const pages = await createPages(server, { maxUpload, isWatching, buildDirectory })
// Last, so that the start itself does not stand in the charts.
const api = createAPI({ directory: directory.path, maxBytes: maxUpload, ordersFile })
const port = await listen(server, wantedPort)
const address = `http://localhost:${port}`

console.log(`
  Tidewire playground  ${address}

  React    ${address}/react   ${address}/react/chat
  Vue      ${address}/vue     ${address}/vue/chat
  Stream   curl -N ${address}/api/metrics
`)

process.on('exit', directory.remove)
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.once(signal, () => {
    api.close()
    // Cut rather than ended: a reader has to come back to the next server.
    server.close()
    server.closeAllConnections()
    void pages.close().finally(() => process.exit())
    setTimeout(() => process.exit(), 1000).unref()
  })
}

import { createServer } from 'node:http'
import { createAPI } from './api.ts'
import { sendFailure, toFailure } from './http.ts'
import { listen } from './listen.ts'
import { createPages } from './pages.ts'
import { createUploadDirectory } from './uploadDirectory.ts'

const { PORT = '5173', PLAYGROUND_MAX_UPLOAD = String(2 ** 30), PLAYGROUND_UPLOAD_DIR, PLAYGROUND_WATCH } = process.env
const maxBytes = Number(PLAYGROUND_MAX_UPLOAD)

const directory = createUploadDirectory(PLAYGROUND_UPLOAD_DIR)
const server = createServer((req, res) => {
  const site = req.url?.startsWith('/api/') ? api : pages
  site.handle(req, res).catch((error: unknown) => {
    console.error(error)
    void sendFailure(req, res, toFailure(error))
  })
})
// The default would cut an upload off after five minutes; one that falls silent ends sooner than that.
server.requestTimeout = 0
const pages = await createPages(server, { maxUpload: maxBytes, isWatching: PLAYGROUND_WATCH !== 'false' })
// Last, so that the start itself does not stand in the charts.
const api = createAPI({ directory: directory.path, maxBytes })
const port = await listen(server, Number(PORT))
const address = `http://localhost:${port}`

console.log(`
  Tidewire playground  ${address}

  React    ${address}/react
  Vue      ${address}/vue
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

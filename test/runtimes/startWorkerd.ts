import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { Miniflare } from 'miniflare'
import { bundleEntry } from './bundleEntry.ts'
import type { Host } from './hosts.ts'

/** Tells a worker, by the signal of its request, that the reader has left. Off by default. */
const REQUEST_SIGNAL = 'enable_request_signal'

/** Starts the application as a worker. */
export async function startWorkerd(compatibilityFlags: string[] = [REQUEST_SIGNAL]): Promise<Host> {
  const folder = await mkdtemp(join(tmpdir(), 'tidewire-runtime-'))
  const file = await bundleEntry('workerd', folder)
  const miniflare = new Miniflare({
    modules: [{ type: 'ESModule', path: 'worker.mjs', contents: await readFile(file, 'utf8') }],
    compatibilityDate: '2026-07-01',
    compatibilityFlags,
    durableObjects: { HUB: 'HubObject' },
    port: 0,
    cf: false,
    // It reports each request that ends before its response, with a stack of its own.
    handleRuntimeStdio: (stdout: Readable, stderr: Readable) => void [stdout.resume(), stderr.resume()],
  })
  const address = await miniflare.ready
  return {
    origin: address.origin,
    heartbeat: 25,
    async stop() {
      await miniflare.dispose()
      await rm(folder, { recursive: true, force: true })
      return undefined
    },
  }
}

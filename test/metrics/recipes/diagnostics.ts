// diagnostics.ts
import { subscribe } from 'node:diagnostics_channel'
import type { SSEHub } from '@tidewire/server'
import { type HubDiagnostics, publishDiagnostics } from '@tidewire/server/node'

/** Logs which readers are too slow. */
export function logSlowReaders(hub: Pick<SSEHub, 'fetch'>, log: (text: string) => void): void {
  publishDiagnostics(hub)
  subscribe('tidewire:hub:overflow', (message) => {
    const { reader } = message as HubDiagnostics['tidewire:hub:overflow']
    log(`Disconnected ${reader.identity ?? reader.address}, which left ${reader.bufferedSize} bytes waiting.`)
  })
}

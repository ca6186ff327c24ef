import { channel, type Channel } from 'node:diagnostics_channel'
import type { SSEError } from '@tidewire/protocol'
import { insidesOf } from '../hub/createSSEHub.ts'
import type { SSEHubStage } from '../hub/hubOptions.ts'
import { describeReader, type SSEReader } from '../hub/readerFilter.ts'
import type { SSEHub } from '../hub/sseHub.ts'

/** The messages of a hub on the channels of `node:diagnostics_channel`, by the channel's name. `hub` tells hubs apart. */
export interface HubDiagnostics {
  /** A response has begun. */
  'tidewire:hub:open': { hub: object; reader: SSEReader }
  /** A response has ended; its reader has no channels any more. */
  'tidewire:hub:close': { hub: object; reader: SSEReader }
  /** A request for a stream was refused. */
  'tidewire:hub:refuse': { hub: object; status: number }
  /** An event has been published. */
  'tidewire:hub:publish': { hub: object; channels: readonly string[]; event: string; id: string }
  /** A reader was told that events of these channels are gone. */
  'tidewire:hub:reset': { hub: object; reader: SSEReader; channels: readonly string[] }
  /** A slow reader does not get an event of this channel. */
  'tidewire:hub:drop': { hub: object; reader: SSEReader; channel: string }
  /** A reader was disconnected because it was too slow. */
  'tidewire:hub:overflow': { hub: object; reader: SSEReader }
  /** Channels were taken from a reader. */
  'tidewire:hub:revoke': { hub: object; reader: SSEReader; channels: readonly string[] }
  /** `onError` was called. */
  'tidewire:hub:error': { hub: object; error: SSEError; stage: SSEHubStage }
}

const CHANNELS = {
  open: channel('tidewire:hub:open'),
  close: channel('tidewire:hub:close'),
  refuse: channel('tidewire:hub:refuse'),
  publish: channel('tidewire:hub:publish'),
  reset: channel('tidewire:hub:reset'),
  drop: channel('tidewire:hub:drop'),
  overflow: channel('tidewire:hub:overflow'),
  revoke: channel('tidewire:hub:revoke'),
  error: channel('tidewire:hub:error'),
} satisfies Record<string, Channel>

/**
 * Publishes what happens in a hub on `node:diagnostics_channel`, where tools that watch a process listen: {@link HubDiagnostics}. A
 * message is made only for a channel that has subscribers. Call it once for each hub. Returns what ends it.
 *
 * @example
 * publishDiagnostics(hub)
 * subscribe('tidewire:hub:overflow', (message) => log.warn(message))
 *
 * @throws {TypeError} for what is no hub.
 */
export function publishDiagnostics(hub: Pick<SSEHub, 'fetch'>): () => void {
  return insidesOf(hub).core.monitor.observe((name, fact) => {
    const channel = CHANNELS[name]
    if (!channel.hasSubscribers) return
    if (!('connection' in fact)) return channel.publish({ hub, ...fact })
    const { connection, ...rest } = fact
    channel.publish({ hub, reader: describeReader(connection), ...rest })
  })
}

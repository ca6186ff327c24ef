import { encodeJSON } from '../encodeJSON.ts'
import { markHandled } from '../markHandled.ts'
import { ChannelPresence } from './channelPresence.ts'
import type { Connection } from './connection.ts'
import type { HubChannel } from './hubChannel.ts'
import type { SSEMember } from './sseMember.ts'

/** Where it is known who follows a channel. */
export interface Membership {
  members(channel: string): Promise<SSEMember[]>
}

/** Who follows the channels of a hub in this process, where they show it. */
export class Presence implements Membership {
  readonly #channels = new Map<string, ChannelPresence>()
  readonly #onFailure: (error: unknown) => void

  constructor(onFailure: (error: unknown) => void) {
    this.#onFailure = onFailure
  }

  async members(channel: string): Promise<SSEMember[]> {
    return this.#channels.get(channel)?.members ?? []
  }

  /** A channel has become live on a connection, or was so already. */
  enter({ name, definition }: HubChannel, connection: Connection): void {
    const { presence } = definition
    if (!presence) return
    let channel = this.#channels.get(name)
    if (!channel) {
      const describe = (member: Connection) => this.#describe(member, presence.info)
      channel = new ChannelPresence(name, presence, describe, () => this.#channels.delete(name))
      this.#channels.set(name, channel)
    }
    channel.enter(connection)
  }

  /** A connection has a channel no more. */
  leave({ name }: HubChannel, connection: Connection): void {
    this.#channels.get(name)?.leave(connection)
  }

  close(): void {
    for (const channel of this.#channels.values()) channel.close()
    this.#channels.clear()
  }

  #describe({ reader }: Connection, tell: ((context: unknown) => unknown) | undefined): SSEMember {
    // An origin is its reader's own, and who knows the id of a connection may change its set: neither is shown.
    const id = reader.identity ?? crypto.randomUUID()
    try {
      const info = tell?.(reader.context)
      if (info === undefined) return { id }
      // Refused as no JSON, in the next line.
      if (info instanceof Promise) void markHandled(info)
      encodeJSON(info)
      return { id, info }
    } catch (error) {
      this.#onFailure(error)
      return { id }
    }
  }
}

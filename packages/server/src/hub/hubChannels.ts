import { PatternMap } from '@tidewire/protocol'
import type { ChannelDefinition } from './channelDefinition.ts'
import { HubChannel } from './hubChannel.ts'

/** A channel that a name leads to. */
export interface ChannelMatch {
  readonly definition: ChannelDefinition
  readonly params: unknown
}

/** The channels of a hub: those that were declared, and those that have readers in this process. */
export class HubChannels {
  readonly #definitions = new PatternMap<ChannelDefinition>()
  readonly #channels = new Map<string, HubChannel>()

  /** Declares a channel. Throws a `TypeError` for a pattern that fits the same names as another. */
  declare(definition: ChannelDefinition): void {
    this.#definitions.set(definition.pattern, definition)
  }

  /** Finds what a name leads to; undefined where no declared pattern fits, or its `params` refuse. */
  match(name: string): ChannelMatch | undefined {
    const match = this.#definitions.get(name)
    const parsed = match?.value.parseParams(match.params)
    return match && parsed ? { definition: match.value, params: parsed.params } : undefined
  }

  /** The channel of that name, if it has readers. */
  get(name: string): HubChannel | undefined {
    return this.#channels.get(name)
  }

  /** The channel of that name, which is to have a reader. */
  acquire(name: string, { definition, params }: ChannelMatch): HubChannel {
    const channel = this.#channels.get(name) ?? new HubChannel(name, definition, params)
    this.#channels.set(name, channel)
    return channel
  }

  /** Forgets a channel that has lost its last reader. Returns whether it has. */
  release(channel: HubChannel): boolean {
    if (channel.connections.size > 0 || this.#channels.get(channel.name) !== channel) return false
    return this.#channels.delete(channel.name)
  }

  /** Those that have readers. */
  values(): Iterable<HubChannel> {
    return this.#channels.values()
  }
}

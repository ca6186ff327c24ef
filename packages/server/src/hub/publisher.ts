import { formatPosition, PatternMap, SSEError } from '@tidewire/protocol'
import { describeValue } from '../describeValue.ts'
import { encodeJSON } from '../encodeJSON.ts'
import { formatSSE } from '../formatSSE.ts'
import { markHandled } from '../markHandled.ts'
import type { ChannelDefinition } from './channelDefinition.ts'
import { defineChannel } from './channelDefinition.ts'
import type { Exclusion } from './exclusion.ts'
import type { HubChannels } from './hubChannels.ts'
import type { HubSettings } from './hubSettings.ts'
import type { LogDraft } from './log.ts'
import { MemoryKeys } from './memoryKeys.ts'

interface PublishOptions {
  readonly except: readonly Exclusion[]
  readonly key?: string | undefined
  /** Whether it is the hub itself that publishes, which does so while it closes, too. */
  readonly isOwn?: boolean | undefined
}

/** Puts events into the log of a hub. */
export class Publisher {
  readonly #settings: HubSettings
  readonly #channels: HubChannels
  readonly #contract = new PatternMap<ChannelDefinition>()
  readonly #report: (error: unknown) => void
  readonly #onPublish: (channels: readonly string[], event: string, id: string) => void
  /** What was published with a key, by id: a second try is answered with the id of the first. */
  readonly #keyed = new MemoryKeys<true>()
  isClosed = false

  constructor(
    settings: HubSettings,
    channels: HubChannels,
    report: (error: unknown) => void,
    onPublish: (channels: readonly string[], event: string, id: string) => void,
  ) {
    this.#settings = settings
    this.#channels = channels
    this.#report = report
    this.#onPublish = onPublish
    for (const [pattern, events] of Object.entries(settings.contract ?? {})) {
      this.#contract.set(pattern, defineChannel(pattern, events as object, undefined))
    }
  }

  /** The events that the contract has for a pattern. Throws a `TypeError` for a pattern that is not in it. */
  eventsOf(pattern: string): object | undefined {
    const { contract } = this.#settings
    if (!contract) return undefined
    const events: unknown = Object.hasOwn(contract, pattern) ? Reflect.get(contract, pattern) : undefined
    if (typeof events === 'object' && events !== null) return events
    const known = Object.keys(contract).join(', ')
    throw new TypeError(`Expected a pattern of the contract (${known}), got ${describeValue(pattern)}.`)
  }

  /** What a name leads to. Throws a `TypeError` where no pattern fits. */
  find(name: string): ChannelDefinition {
    if (typeof name === 'string') {
      const declared = this.#channels.get(name)?.definition ?? this.#channels.match(name)?.definition
      const definition = declared ?? this.#contract.get(name)?.value
      if (definition) return definition
    }
    throw new TypeError(`Expected the name of a channel that a pattern fits, got ${describeValue(name)}.`)
  }

  /** Publishes an event on channels, as one step. A dropped promise never becomes an unhandled rejection: `onError` hears. */
  publish(
    names: readonly string[],
    message: { event: string; data: unknown },
    options: PublishOptions,
  ): Promise<{ id: string }> {
    const published = this.append(names, message, options)
    published.catch((error: unknown) => this.#report(error))
    return markHandled(published)
  }

  /** Publishes, as {@link publish} does; its caller reports. */
  async append(
    names: readonly string[],
    { event, data }: { event: string; data: unknown },
    { except, key, isOwn = false }: PublishOptions,
  ): Promise<{ id: string }> {
    if (this.isClosed && !isOwn) throw new SSEError('closed', 'The hub is closed.')
    if (key !== undefined && typeof key !== 'string') {
      throw new TypeError(`Expected \`key\` to be a string or undefined, got ${describeValue(key)}.`)
    }
    const json = encodeJSON(data)
    const { maxEventSize } = this.#settings.limits
    if (json.length > maxEventSize) {
      const message = `Expected \`data\` to be at most \`limits.maxEventSize\` (${maxEventSize}) characters, got ${json.length}.`
      throw new SSEError('too-large', message, { field: 'data' })
    }
    const drafts = names.map((channel): LogDraft => {
      const { check, terminal, retention } = this.find(channel)
      check?.({ event, data })
      return {
        channel,
        event,
        data: json,
        // The log keeps an end for an hour by itself; for ever would be a leak, as channels end all the time.
        retention: terminal.has(event) ? { ...retention, last: false } : retention,
        ...(except.length > 0 && { except }),
        ...(terminal.has(event) && { isTerminal: true }),
      }
    })
    // Refuses a name that no frame can have.
    formatSSE({ event: event ?? '', data: '' })
    const { epoch, seqs } = await this.#settings.log.append(drafts, key === undefined ? key : scope(names, event, key))
    const id = formatPosition({ epoch, seq: seqs.at(-1) ?? 0 })
    if (key === undefined || this.#isFirst(id)) this.#onPublish(names, event, id)
    return { id }
  }

  #isFirst(id: string): boolean {
    const now = performance.now()
    if (this.#keyed.get(id, now)) return false
    this.#keyed.set(id, true, now)
    return true
  }
}

// No name has a `#`, and neither a name nor an event a line feed: no two publishes have the same scope.
function scope(names: readonly string[], event: string, key: string): string {
  return `${names.toSorted().join('\n')}#${event}\n${key}`
}

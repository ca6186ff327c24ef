import { parsePosition } from '@tidewire/protocol'
import type { Gap } from '../state.ts'
import { type Channel, createChannel, positionOf } from './channel.ts'
import type { ClientSubscription } from './clientSubscription.ts'
import { LOST, toPosition } from './position.ts'

/** The most that the channels take of a URL, in characters as they are sent; the rest is asked for by a change. */
const MAX_QUERY = 4000

/** How many channels are remembered that nobody follows any more. */
const MAX_REMEMBERED = 100

/** Of how many channels it is known one by one that what they have brought may no longer be seen. */
const MAX_VOIDED = 100

/** What a channel leaves behind. */
export interface Memory extends Pick<ClientSubscription, 'data' | 'lastEvent' | 'recent' | 'reduce'> {
  readonly position: string
  /** What comes up to there is in it already. */
  readonly passed?: string | undefined
  /** What was lost while it lingered. */
  readonly gap?: Gap | undefined
}

/** The channels that a client wants, and what the hub was told of them. */
export class ChannelSet {
  readonly #channels = new Map<string, Channel>()
  readonly #remembered = new Map<string, Memory>()
  /** When what a channel had brought was no longer to be seen, counted in such moments; and when that was so of all. */
  readonly #voided = new Map<string, number>()
  #allVoided = 0
  #voids = 0
  /** The set that the hub was told of, and the one before. */
  #told = new Set<string>()
  #toldBefore = new Set<string>()
  /** Whether it is another one by now. */
  isChanged = false

  get size(): number {
    return this.#channels.size
  }

  get(name: string): Channel | undefined {
    return this.#channels.get(name)
  }

  all(): Channel[] {
    return [...this.#channels.values()]
  }

  /** What a channel has left behind. */
  recall(name: string): Memory | undefined {
    return this.#remembered.get(name)
  }

  /** Adds a channel, which the hub is yet to be asked for. */
  add(name: string, position: string): Channel {
    const channel = createChannel(name, position)
    this.#remembered.delete(name)
    this.#channels.set(name, channel)
    this.isChanged = true
    return channel
  }

  /** The hub has never taken it in. */
  withdraw({ name }: Channel): void {
    this.#told.delete(name)
  }

  /**
   * Takes a channel out, and forgets where it was: granted again, it is fresh. A change that was under way may have asked for
   * it again, so the hub is told that it is not wanted.
   */
  drop({ name }: Channel): void {
    this.#channels.delete(name)
    this.isChanged ||= this.#told.has(name)
  }

  /** Forgets what a channel has brought. */
  forget(name: string): void {
    this.#remembered.delete(name)
    this.#voided.delete(name)
    this.#voided.set(name, ++this.#voids)
    const [oldest] = this.#voided
    if (!oldest || this.#voided.size <= MAX_VOIDED) return
    this.#voided.delete(oldest[0])
    this.#allVoided = oldest[1]
  }

  /** Forgets all that channels have brought. */
  forgetAll(): void {
    this.#remembered.clear()
    this.#voided.clear()
    this.#allVoided = ++this.#voids
  }

  /** Another number when what a channel has brought may no longer be seen. */
  voidedAt(name: string): number {
    return Math.max(this.#allVoided, this.#voided.get(name) ?? 0)
  }

  /** Takes a channel out that nobody wants any more. */
  remember({ name }: Channel, memory: Memory): void {
    this.#channels.delete(name)
    this.#remembered.set(name, memory)
    this.isChanged = true
    const [oldest] = this.#remembered.keys()
    if (oldest !== undefined && this.#remembered.size > MAX_REMEMBERED) this.#remembered.delete(oldest)
  }

  /**
   * Says what a new connection is to have, and where each channel stands; or what the next poll is to bring, over which the
   * channels stay what they are. PROTOCOL.md, 7.4 and 14.
   */
  describe(query: URLSearchParams, base: string, isPoll: boolean): void {
    this.#told = new Set()
    this.isChanged = false
    let size = 0
    for (const channel of this.all()) {
      const { name } = channel
      // The base may go anywhere before the hub has said what becomes of it.
      const own = (channel.own = toPosition(positionOf(channel, base)))
      channel.isCovered = false
      if (!isPoll && channel.phase !== 'joining') {
        channel.phase = 'joining'
        channel.waitingSince = Date.now()
      }
      const [kind, value] = describe(name, own, base)
      size += sizeOf(kind, value)
      // There is always one, or there would be nothing to ask for.
      this.isChanged = size > MAX_QUERY && this.#told.size > 0
      channel.rev = this.isChanged ? Infinity : 0
      if (this.isChanged) continue
      this.#told.add(name)
      // The next poll begins with those that this one has no room for.
      this.#channels.delete(name)
      this.#channels.set(name, channel)
      if (channel.phase !== 'live') channel.since = knownOf(own)
      query.append(kind, value)
    }
  }

  /** Whether an address has room for the whole set. */
  fits(base: string): boolean {
    let size = 0
    for (const channel of this.#channels.values()) {
      size += sizeOf(...describe(channel.name, toPosition(positionOf(channel, base)), base))
    }
    return size <= MAX_QUERY
  }

  /** The whole set, for a change with that rev. PROTOCOL.md, 9.1. */
  compose(base: string, rev: number): Record<string, string | null> {
    const entries: [string, string | null][] = []
    this.isChanged = false
    for (const channel of this.#channels.values()) {
      const position = toPosition(positionOf(channel, base))
      if (channel.rev === Infinity) {
        // One that has left and come back would not have left, if the hub were told of both at once.
        if (this.#told.has(channel.name)) {
          this.isChanged = true
          continue
        }
        channel.rev = rev
        channel.since = knownOf(position)
      }
      entries.push([channel.name, position || null])
    }
    this.#toldBefore = this.#told
    this.#told = new Set(entries.map(([name]) => name))
    return Object.fromEntries(entries)
  }

  /** The change with that rev, the last one, was not taken. Returns the channels that it was to add. */
  revert(rev: number): Channel[] {
    const told = (this.#told = this.#toldBefore)
    const isRefused = (channel: Channel) => channel.rev === rev && channel.phase === 'joining'
    const isNew = ({ name }: Channel) => !told.has(name)
    // What was left has to be said all the same.
    this.isChanged =
      this.all().some((channel) => isNew(channel) && !isRefused(channel)) ||
      [...told].some((name) => !this.#channels.has(name))
    return this.all().filter(isRefused)
  }
}

function describe(name: string, own: string, base: string): [kind: string, value: string] {
  if (own === '') return ['fresh', name]
  return own === base && parsePosition(base) ? ['channel', name] : ['since', `${own}:${name}`]
}

/** How much of an address it takes, in characters. */
function sizeOf(kind: string, value: string): number {
  return encodeURIComponent(value).length + kind.length + 2
}

function knownOf(position: string): string {
  return position === LOST ? '' : position
}

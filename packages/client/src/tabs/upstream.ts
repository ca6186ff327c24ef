import { BYE, HELLO, PRESENCE, RESET, type SSEError } from '@tidewire/protocol'
import { type Channel, positionOf } from '../channels/channel.ts'
import { ChangeSender } from '../channels/changeSender.ts'
import { ChannelSet, type Memory } from '../channels/channelSet.ts'
import type { ClientSubscription } from '../channels/clientSubscription.ts'
import type { SSEPresence, SSEWire } from '../channels/clientTypes.ts'
import { FrameReader } from '../channels/frameReader.ts'
import { readHello } from '../channels/hubFrames.ts'
import { createOrigin } from '../channels/origin.ts'
import { readPresence } from '../channels/presence.ts'
import { type Attempt, connect, type Entry } from '../connect.ts'
import type { CloseReason } from '../state.ts'
import { createStream, type Stream } from '../stream.ts'
import type { Kept } from './feed.ts'
import { withQuery } from './withQuery.ts'

/** What a relay does with what comes. */
export interface UpstreamHost {
  /** An event of a channel has come. */
  onEvent: (channel: string, event: Kept) => void
  /** Events of a channel are lost. */
  onGap: (channel: string) => void
  /** A channel is live; what is missing of it is what was published up to `since`. */
  onReady: (channel: string, since: string) => void
  /** A channel is over, or refused. */
  onOver: (channel: string, reason: CloseReason) => void
  /** The hub does not take so much: it is asked for without these. */
  onTooMuch: (channels: readonly string[]) => void
  onPresence: (channel: string, text: string) => void
  /** The base has moved without an event. */
  onMove: () => void
  onRetry: (delay: number) => void
  /** Something has come, if only a sign of life. */
  onActivity: () => void
  onEnd: (end: UpstreamEnd) => void
}

/** Why the connection is over: the hub has said it, it failed, or it is to be made anew, to ask for the whole set. */
export type UpstreamEnd = { readonly bye: string } | { readonly error: SSEError | undefined } | 'stale'

/** Nobody comes back to it. */
const FORGOTTEN: Memory = { position: '', data: undefined, lastEvent: undefined, recent: [], reduce: undefined }

/** The one connection to the hub. It is made once, and when it is over there is another one. */
export class Upstream {
  readonly #channels = new ChannelSet()
  readonly #waiting = new Set<Channel>()
  readonly #host: UpstreamHost
  readonly #stream: Stream
  readonly #sender: ChangeSender
  readonly #reader: FrameReader
  /** How often the hub shows that it lives, in milliseconds. */
  heartbeat = 30_000
  #bye: string | undefined
  /** Whether the retained values of the opening have come. PROTOCOL.md, 8.1. */
  #isSettled = false
  #isClosed = false

  constructor({ url, options }: SSEWire, host: UpstreamHost) {
    this.#host = host
    // Not that of a tab: what leaves that out is for all others. PROTOCOL.md, 11.2.
    const origin = createOrigin()
    const stream = createStream(
      url,
      {
        ...options,
        // Each tab tries again, and renews what it has to, by itself.
        retry: false,
        onUnauthorized: undefined,
        resolveURL: async (target) => {
          const resolved = String(options.resolveURL ? await options.resolveURL(target) : target)
          const query = new URLSearchParams({ v: '1', origin })
          this.#reader.reset()
          // Where it stands, it is asked for by one poll after another.
          this.#channels.describe(query, stream.lastEventId, stream.status === 'open')
          return withQuery(resolved, query)
        },
        transport: (attempt) => (options.transport ?? connect)(this.#watch(attempt)),
      },
      { status: 'idle' },
      (entry, _, attempt) => this.#take(entry, attempt),
    )
    this.#stream = stream
    this.#sender = new ChangeSender(this.#channels, {
      url,
      options,
      get lastEventId() {
        return stream.lastEventId
      },
      // A change was not taken. PROTOCOL.md, 9.1.
      reconnect: () => this.#end('stale'),
      refuse: (refused) => host.onTooMuch(refused.map(({ name }) => name)),
    })
    this.#reader = new FrameReader(this.#channels, {
      get lastEventId() {
        return stream.lastEventId
      },
      moveTo: stream.moveTo,
      calm() {},
      onGreeted: (connection) => this.#sender.begin(connection),
      finish: (channel, reason) => this.#finish(channel, reason),
    })
    stream.attach({
      callbacks: { onClose: () => this.#end(this.#bye === undefined ? { error: stream.error } : { bye: this.#bye }) },
    })
  }

  /** The position of all that is live. */
  get base(): string {
    return this.#stream.lastEventId
  }

  positionOf(name: string): string {
    const channel = this.#channels.get(name)
    return channel ? positionOf(channel, this.base) : ''
  }

  presenceOf(name: string): SSEPresence | undefined {
    return this.#channels.get(name)?.presence
  }

  /** Follows one more channel, from a position, or from now on where that is ''. */
  add(name: string, position: string): void {
    const channel = this.#channels.add(name, position)
    const follower: Pick<ClientSubscription, 'receive' | 'onGap' | 'onLive' | 'setPresence'> = {
      receive: (event, text, id) => this.#host.onEvent(name, { id, event, text }),
      onGap: () => this.#host.onGap(name),
      onLive: () => void this.#waiting.add(channel),
      setPresence() {},
    }
    channel.subscriptions.add(follower as ClientSubscription)
    this.#sender.schedule()
  }

  /** Follows a channel no longer. */
  remove(name: string): void {
    const channel = this.#channels.get(name)
    if (!channel) return
    this.#waiting.delete(channel)
    this.#channels.remember(channel, FORGOTTEN)
    this.#sender.schedule()
  }

  open(): void {
    this.#stream.open()
  }

  /** Gives the connection up. Idempotent. */
  close(): void {
    this.#isClosed = true
    this.#sender.stop()
    this.#stream.close()
  }

  /** Notices what comes. How long it may be silent is still the stream's to say. */
  #watch(attempt: Attempt): Attempt {
    const receive = (entries: Entry[]) => {
      attempt.receive(entries)
      if (!this.#isClosed) this.#host.onActivity()
    }
    return Object.create(attempt, { receive: { value: receive } }) as Attempt
  }

  #take(entry: Entry, attempt: Attempt): CloseReason | undefined {
    const { id, event, data = '', retry } = entry
    if (retry !== undefined) this.#host.onRetry(retry)
    if (event === BYE) this.#bye = data
    const reason = this.#reader.take(entry, attempt)
    if (event === HELLO) this.#greet(data, id)
    else if (event === PRESENCE) {
      const news = readPresence(data)
      if (news) this.#host.onPresence(news.channel, data)
    } else if (id !== undefined && (!event || event === RESET)) {
      this.#isSettled = true
      this.#host.onMove()
    }
    if (this.#isSettled) this.#settle()
    return reason
  }

  #greet(text: string, id: string | undefined): void {
    const { heartbeat } = readHello(text)
    if (heartbeat > 0) this.heartbeat = heartbeat
    this.#isSettled = id !== undefined
  }

  #settle(): void {
    const ready = [...this.#waiting]
    this.#waiting.clear()
    for (const { name, since } of ready) this.#host.onReady(name, since)
  }

  #finish(channel: Channel, reason: CloseReason): void {
    this.#waiting.delete(channel)
    this.#channels.drop(channel)
    this.#host.onOver(channel.name, reason)
  }

  #end(end: UpstreamEnd): void {
    if (this.#isClosed) return
    this.close()
    this.#host.onEnd(end)
  }
}

import {
  BYE,
  CATCHUP,
  DENIED,
  END,
  HELLO,
  LIVE,
  PRESENCE,
  RESERVED_PREFIX,
  RESET,
  REVOKED,
  SSEError,
} from '@tidewire/protocol'
import type { Attempt, Entry } from '../connect.ts'
import { promise, readBye } from '../dispatch.ts'
import type { CloseReason } from '../state.ts'
import { forEachMember } from '../subscription.ts'
import { type Channel, isPast } from './channel.ts'
import { ChannelNews, type ChannelVerdict, membersOf, type NewsHost, settleAt } from './channelNews.ts'
import type { ChannelSet } from './channelSet.ts'
import { type HelloFrame, readAnswer, readHello, readNames } from './hubFrames.ts'
import { LOST } from './position.ts'

/** No hub lets one connection follow as many channels. */
const MAX_CATCHING_UP = 100_000

/** What a reader of frames needs of its client. */
export interface ReaderHost extends NewsHost {
  /** The base: the position of all that are live. PROTOCOL.md, 7.3. */
  readonly lastEventId: string
  moveTo: (lastEventId: string) => void
  /** An event has come. */
  calm: () => void
  /** The hub has greeted; without an id where it answers a poll. */
  onGreeted: (connection: string) => void
}

/** Does what the frames of a hub say to the channels of a client. PROTOCOL.md, 7 to 10. */
export class FrameReader {
  readonly #channels: ChannelSet
  readonly #host: ReaderHost
  readonly #news: ChannelNews
  #isGreeted = false
  /** Lets fresh channels have their position, once their retained values have come. PROTOCOL.md, 8.1. */
  #settle: (() => void) | undefined
  /** The channels whose ids are of a catch-up, also those that nobody wants any more. PROTOCOL.md, 7.2. */
  readonly #catchingUp = new Set<string>()

  constructor(channels: ChannelSet, host: ReaderHost) {
    this.#channels = channels
    this.#host = host
    this.#news = new ChannelNews(channels, host)
  }

  /** Another connection is about to be made. */
  reset(): void {
    this.#isGreeted = false
    this.#settle = undefined
    this.#catchingUp.clear()
  }

  /** Takes what a connection brings. Returns a reason where the client is over; throws where the connection is. */
  take({ id, event = '', data, error }: Entry, attempt: Attempt): CloseReason | undefined {
    if (event.startsWith(RESERVED_PREFIX)) {
      if (data !== undefined) return this.#obey(event, data, id, attempt)
      // Without what it said, nobody knows what is missing.
      if (error && event !== PRESENCE) throw error
      return undefined
    }
    if (!this.#isGreeted) {
      if (data === undefined) return undefined
      throw new SSEError('disconnected', 'Expected a hub: the stream did not begin with `sse.hello`.')
    }
    const name = event.slice(0, Math.max(0, event.indexOf('#')))
    const channel = this.#channels.get(name)
    if (!this.#move(id, channel, name) || !channel) return undefined
    this.#host.calm()
    if (id !== undefined) channel.last = id
    // What follows on a retained value is not known before there is a position: who begins anew has lost it.
    else if (channel.own === '') channel.own = LOST
    const members = membersOf(channel)
    forEachMember(members, (one) => {
      if (data !== undefined) one.receive(event.slice(name.length + 1), data, id)
      else if (error && one.drop) one.drop(error)
      else if (error) one.onGap({ reason: 'dropped', error })
    })
    // What each shows is of now before the first is called.
    forEachMember(members, (one) => one.tell?.())
    return undefined
  }

  /** Moves the position that an id is about. Returns whether the channel is to have the event. */
  #move(id: string | undefined, channel: Channel | undefined, name: string): boolean {
    const isJoined = channel !== undefined && channel.phase !== 'joining'
    if (id === undefined) return isJoined
    const isOwn = this.#catchingUp.has(name)
    if (!isOwn) this.#endOpening()
    const isNew = isJoined && !isPast(channel, this.#host.lastEventId, id)
    if (!isOwn) this.#host.moveTo(id)
    else if (isNew) channel.own = id
    return isNew
  }

  /** The first id comes after all retained values. */
  #endOpening(): void {
    this.#settle?.()
    this.#settle = undefined
  }

  #moveTo(id: string | undefined): void {
    if (id === undefined) return
    this.#endOpening()
    this.#host.moveTo(id)
  }

  #obey(event: string, text: string, id: string | undefined, attempt: Attempt): CloseReason | undefined {
    if (event === BYE) return readBye(text)
    if (event === HELLO) this.#greet(readHello(text), id, attempt)
    else if (this.#isGreeted) this.#tell(event, text, id)
    return undefined
  }

  #tell(event: string, text: string, id: string | undefined): void {
    if (event === CATCHUP) {
      const frame = readAnswer(event, text)
      // Also of those that are not followed any more: a change that was under way has asked for them.
      for (const name of frame.channels) if (this.#catchingUp.size < MAX_CATCHING_UP) this.#catchingUp.add(name)
      this.#news.catchUp(frame)
    } else if (event === LIVE) {
      const frame = readAnswer(event, text)
      for (const name of frame.channels) this.#catchingUp.delete(name)
      this.#news.goLive(frame)
    } else if (event === DENIED) this.#news.deny(readAnswer(event, text))
    else if (event === REVOKED) this.#news.revoke(readNames(event, text))
    else if (event === END) this.#news.end(readNames(event, text))
    else if (event === PRESENCE) this.#news.show(text)
    else if (event === RESET) {
      const names = readNames(event, text)
      this.#moveTo(id)
      this.#news.lose(names, this.#host.lastEventId, id)
    }
  }

  /** The hub has said what becomes of each channel. PROTOCOL.md, 8.1. */
  #greet({ connection = '', heartbeat, cursor, channels }: HelloFrame, id: string | undefined, attempt: Attempt): void {
    if (this.#isGreeted) throw new SSEError('parse', 'The hub has greeted twice.')
    this.#isGreeted = true
    promise(attempt, heartbeat)
    const said = new Map(Object.entries(channels))
    const verdicts: ChannelVerdict[] = []
    for (const channel of this.#channels.all()) {
      let verdict = channel.rev === 0 ? said.get(channel.name) : undefined
      if (verdict === undefined) {
        // What the polls before have brought is asked for by a change.
        if (connection) channel.phase = 'joining'
        continue
      }
      // It was somewhere, and does not go on from there: the right to that was lost meanwhile. PROTOCOL.md, 10.1.
      if (verdict === 'fresh' && channel.own !== '') verdict = 'reset'
      // A poll goes on with what the one before has opened.
      verdicts.push({ channel, verdict, members: new Set(channel.phase === 'live' ? [] : channel.subscriptions) })
      if (verdict === 'denied') continue
      channel.phase = 'live'
      if (verdict === 'resumed') continue
      channel.since = cursor
      channel.last = LOST
      // It is open before it has a position: who is cut off in between has lost what came.
      channel.own ||= LOST
    }
    // Before there is an id, the base is that of the connection before.
    this.#settle = () => {
      for (const { channel, verdict } of verdicts) {
        if (verdict === 'resumed') channel.isCovered = true
        else settleAt(channel, cursor)
      }
    }
    this.#moveTo(id)
    this.#host.onGreeted(connection)
    this.#news.announce(verdicts, attempt.signal)
  }
}

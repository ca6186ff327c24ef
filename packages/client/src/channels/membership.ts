import type { SSEError } from '@tidewire/protocol'
import { MAX_TIMEOUT } from '../backoff.ts'
import { RESET } from '../missed.ts'
import type { CloseReason, Gap } from '../state.ts'
import { type Channel, positionOf } from './channel.ts'
import { membersOf } from './channelNews.ts'
import type { ChannelSet, Memory } from './channelSet.ts'
import { type ClientSubscription, createSubscription, type SubscriptionHost } from './clientSubscription.ts'
import { hasReached, isBeyond, LOST } from './position.ts'
import type { Shown } from './subscriptionState.ts'

/** What the membership in channels needs of its client. */
export interface MembershipHost {
  /** The base, for the positions of channels. */
  readonly lastEventId: string
  /** For how long a channel stays that nobody follows, in milliseconds. */
  readonly linger: number
  hostOf: (channel: string) => SubscriptionHost
  /** The set may have changed, and the connection is wanted, or not. */
  onChange: () => void
}

/** What somebody leaves behind. */
type Left = Omit<Memory, 'position'>

/** Who follows which channel, and what becomes of a channel that nobody follows any more. */
export class Membership {
  readonly #channels: ChannelSet
  readonly #host: MembershipHost
  /** Those that have left until they come back. */
  readonly #resting = new Set<ClientSubscription>()
  /** Those who have missed events, and are yet to be told. */
  readonly #untold = new WeakSet<ClientSubscription>()

  constructor(channels: ChannelSet, host: MembershipHost) {
    this.#channels = channels
    this.#host = host
  }

  /** What somebody shows who comes to a channel now. What one function has made of the events means nothing to another. */
  shownOf(name: string, { reduce, lastEventId }: Pick<ClientSubscription['options'], 'reduce' | 'lastEventId'>): Shown {
    const channel = this.#channels.get(name)
    // Who comes with a position goes on from there, and not from where others were.
    const memory = lastEventId ? undefined : this.#channels.recall(name)
    const others: Left[] = channel ? [...membersOf(channel)] : memory ? [memory] : []
    // Who has had no event shows what its own options say.
    const same = others.find((one) => one.reduce === reduce && one.lastEvent)
    const one = same ?? others[0]
    // Some may be further than others, as long as the channel is behind them.
    const [longest] = others
      .filter(({ passed }) => passed === one?.passed)
      .toSorted((a, b) => b.recent.length - a.recent.length)
    return {
      ...(same && { data: same.data }),
      ...(longest && { recent: longest.recent, lastEvent: longest.lastEvent, passed: longest.passed }),
      presence: channel?.presence,
    }
  }

  /** Somebody comes to its channel: for the first time, or back. */
  enter(one: ClientSubscription, isFirst: boolean): void {
    const { channel: name, lastEventId: asked, options } = one
    this.#resting.delete(one)
    const shown = this.shownOf(name, options)
    const memory = this.#channels.recall(name)
    const isAhead = (channel: Channel | undefined) =>
      channel !== undefined && asked !== '' && !hasReached(asked, channel.last)
    // What the same function has made of what came since is what it would have made.
    const isMade = isFirst && options.reduce !== undefined && 'data' in shown
    if (!isMade && isAhead(this.#channels.get(name))) this.#goBack(one)
    const known = this.#channels.get(name)
    const channel = known ?? this.#channels.add(name, asked || (memory?.position ?? ''))
    const isBehind = isAhead(known)
    const gap = isBehind && !isMade ? RESET : (known?.gap ?? (asked === '' ? memory?.gap : undefined))
    if (isBehind || asked === '') one.adopt(shown)
    else one.passOver()
    const isAsJoined = channel.phase === 'joining' || (asked !== '' && !isBehind)
    one.joinAt(isAsJoined ? asked : positionOf(channel, this.#host.lastEventId))
    clearTimeout(channel.timer)
    channel.gap = undefined
    channel.ghost = undefined
    channel.subscriptions.add(one)
    const wasLive = channel.phase === 'live'
    if (gap) this.#untold.add(one)
    one.expect(() => {
      const isIn = () => channel.subscriptions.has(one)
      if (gap && isIn()) {
        this.#untold.delete(one)
        one.onGap(gap)
      }
      if (channel.presence && isIn()) one.setPresence(channel.presence)
      if (wasLive && channel.phase === 'live' && isIn()) one.onLive()
    })
    this.#host.onChange()
  }

  /** Lets a channel begin where somebody was who comes to it, if nobody was told of it yet, or nobody follows it. */
  #goBack({ channel: name, lastEventId: position, data, lastEvent, recent, reduce }: ClientSubscription): void {
    const channel = this.#channels.get(name)
    if (!channel || position === LOST) return
    if (channel.subscriptions.size === 0) {
      clearTimeout(channel.timer)
      this.#channels.drop(channel)
      return
    }
    const { own } = channel
    const isTold = channel.phase !== 'joining' || channel.rev !== Infinity
    if (isTold || (own !== '' && !isBeyond(own, position))) return
    for (const one of channel.subscriptions) {
      if (own !== '' && one.passed === '') {
        one.moveTo(own)
        one.passOver()
      }
      // As if they had come after it.
      const isNew = own === '' && lastEvent && !one.lastEvent
      if (isNew) one.adopt({ lastEvent, recent, ...(one.reduce === reduce && { data }) })
    }
    channel.own = channel.last = position
  }

  leave(one: ClientSubscription, isResting: boolean): void {
    this.#resting.delete(one)
    if (isResting) this.#resting.add(one)
    const channel = this.#channels.get(one.channel)
    if (!channel?.subscriptions.delete(one)) return
    this.#place(one, positionOf(channel, this.#host.lastEventId))
    if (channel.subscriptions.size > 0) return
    const { linger = this.#host.linger } = one.options
    // Who comes back goes on from here.
    if (isResting || linger === 0) this.#giveUp(channel, one)
    else this.#linger(channel, one, linger)
  }

  /** Channels are over for all who follow them. */
  finish(ended: readonly Channel[], reason: CloseReason, error?: SSEError): void {
    const isVoid = reason === 'denied' || reason === 'revoked'
    for (const channel of ended) {
      clearTimeout(channel.timer)
      this.#channels.drop(channel)
    }
    // From here on others' code runs.
    for (const channel of ended) {
      const position = positionOf(channel, this.#host.lastEventId)
      const members = [...channel.subscriptions]
      channel.subscriptions.clear()
      // Also of those that rest, before anybody is called.
      if (isVoid) this.#forget(channel.name, members)
      for (const one of members) {
        if (!isVoid) this.#place(one, position)
        one.end(reason, error)
      }
    }
    this.#host.onChange()
  }

  /** Says where somebody is who leaves its channel there: who was not told of a loss has lost it still. */
  #place(one: ClientSubscription, position: string): void {
    one.moveTo(this.#untold.delete(one) ? LOST : one.passed || position)
  }

  /** What a channel has brought may not be seen any more. */
  #forget(name: string, members: readonly ClientSubscription[]): void {
    this.#channels.forget(name)
    for (const one of members) one.forget()
    for (const one of this.#resting) {
      if (one.channel !== name) continue
      const { lastEventId } = one
      one.forget()
      // Nobody has told them: who comes back has lost what was published meanwhile.
      if (lastEventId) one.moveTo(LOST)
    }
  }

  /** Ends these channels, if they have not ended yet, and those who rest. */
  close(channels: readonly Channel[]): void {
    const resting = [...this.#resting]
    this.#resting.clear()
    // Another user may sign in.
    this.#channels.forgetAll()
    const ended = channels.filter((channel) => this.#channels.get(channel.name) === channel)
    this.finish(ended, 'manual')
    for (const one of resting) one.end('manual')
  }

  /** Goes on in silence, for those who come back. */
  #linger(channel: Channel, last: ClientSubscription, linger: number): void {
    const { recent, reduce, initialData } = last.options
    const onGap = (gap: Gap) => void (channel.gap = gap)
    const host = this.#host.hostOf(channel.name)
    const ghost = createSubscription(channel.name, { recent, reduce, initialData, onGap }, host, last)
    channel.ghost = ghost
    channel.timer = setTimeout(() => this.#giveUp(channel, ghost), Math.min(linger, MAX_TIMEOUT))
  }

  #giveUp(channel: Channel, { data, lastEvent, recent, reduce, passed }: ClientSubscription): void {
    const position = positionOf(channel, this.#host.lastEventId)
    this.#channels.remember(channel, { position, data, lastEvent, recent, reduce, passed, gap: channel.gap })
    this.#host.onChange()
  }
}

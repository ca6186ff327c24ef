import { SSEError, type Verdict } from '@tidewire/protocol'
import type { CloseReason } from '../state.ts'
import { forEachMember } from '../subscription.ts'
import type { Channel } from './channel.ts'
import type { ChannelSet } from './channelSet.ts'
import type { ClientSubscription } from './clientSubscription.ts'
import type { AnswerFrame } from './hubFrames.ts'
import { LOST } from './position.ts'
import { presenceAfter, readPresence } from './presence.ts'

/** What the hub has said of a channel, and who is to hear that it is open. */
export interface ChannelVerdict {
  readonly channel: Channel
  readonly verdict: Verdict
  readonly members: ReadonlySet<ClientSubscription>
}

/** What news need of their client. */
export interface NewsHost {
  /** A channel is over. */
  finish: (channel: Channel, reason: CloseReason, error?: SSEError) => void
}

/** Tells channels what the hub says of them. Each call may end in others' code, which may change everything. */
export class ChannelNews {
  readonly #channels: ChannelSet
  readonly #host: NewsHost

  constructor(channels: ChannelSet, host: NewsHost) {
    this.#channels = channels
    this.#host = host
  }

  /** The hub has greeted. PROTOCOL.md, 8.1. */
  announce(verdicts: readonly ChannelVerdict[], signal: AbortSignal): void {
    for (const { channel, verdict, members } of verdicts) {
      if (signal.aborted) return
      if (this.#channels.get(channel.name) !== channel) continue
      if (verdict === 'denied') {
        this.#channels.withdraw(channel)
        this.#deny(channel)
        continue
      }
      // Of a word that it does not know, it takes the worst.
      if (verdict !== 'resumed' && verdict !== 'fresh') tellGap(channel)
      for (const one of members) if (channel.subscriptions.has(one)) one.onLive()
    }
  }

  catchUp(frame: AnswerFrame): void {
    this.#answer(frame, (channel) => {
      const isLost = wasLost(channel, frame)
      channel.phase = 'catching-up'
      if (!isLost) return
      // It is asked for as lost until there is another position: or who is cut off now would not be told of what comes.
      channel.own = channel.last = LOST
      channel.since = ''
      tellGap(channel)
    })
  }

  goLive(frame: AnswerFrame): void {
    this.#answer(frame, (channel) => {
      const isLost = wasLost(channel, frame)
      channel.phase = 'live'
      channel.since = isLost ? frame.cursor : channel.since || frame.cursor
      settleAt(channel, frame.cursor)
      if (isLost) tellGap(channel)
      forEachMember(channel.subscriptions, (one) => one.onLive())
    })
  }

  deny(frame: AnswerFrame): void {
    this.#answer(frame, (channel) => this.#deny(channel))
  }

  /** Events are lost, up to there. Who joins is yet to be told what it gets. */
  lose(names: readonly string[], base: string, id: string | undefined): void {
    this.#about(names, (channel) => {
      if (channel.phase === 'joining') return
      channel.since = base
      channel.last = id ?? LOST
      tellGap(channel)
    })
  }

  revoke(names: readonly string[]): void {
    for (const name of names) this.#channels.forget(name)
    this.#about(names, (channel) => this.#host.finish(channel, 'revoked', refused('revoked', channel)))
  }

  end(names: readonly string[]): void {
    this.#about(names, (channel) => {
      // It may be about what was there before. What joins says so first.
      if (channel.phase !== 'joining') this.#host.finish(channel, 'complete')
    })
  }

  show(text: string): void {
    const news = readPresence(text)
    const channel = news && this.#channels.get(news.channel)
    if (!channel || channel.phase === 'joining') return
    const presence = (channel.presence = presenceAfter(channel.presence, news))
    forEachMember(channel.subscriptions, (one) => one.setPresence(presence))
  }

  #about(names: readonly string[], act: (channel: Channel) => void): void {
    const channels = names.flatMap((name) => this.#channels.get(name) ?? [])
    for (const channel of channels) if (this.#channels.get(channel.name) === channel) act(channel)
  }

  /** An answer to a change. Of one that has been overtaken, nothing is told. PROTOCOL.md, 9.4. */
  #answer({ channels, rev }: AnswerFrame, act: (channel: Channel) => void): void {
    this.#about(channels, (channel) => {
      if (channel.phase !== 'live' && channel.rev <= rev) act(channel)
    })
  }

  #deny(channel: Channel): void {
    this.#host.finish(channel, 'denied', refused('denied', channel))
  }
}

/** Those who take what a channel brings: a ghost where there is nobody else. */
export function membersOf({ subscriptions, ghost }: Channel): Set<ClientSubscription> {
  return ghost ? new Set([ghost]) : subscriptions
}

/** It has all that there was, and the base is its position from here on. */
export function settleAt(channel: Channel, cursor: string): void {
  channel.own = channel.last = cursor
  channel.isCovered = true
}

/** Whether an answer is the first to say that events are gone: it is said before what a channel is caught up with, and at its end. */
function wasLost({ phase, own }: Channel, { reset }: AnswerFrame): boolean {
  return phase === 'joining' && (reset === true || own === LOST)
}

function tellGap(channel: Channel): void {
  forEachMember(membersOf(channel), (one) => one.onGap({ reason: 'reset' }))
}

function refused(code: 'denied' | 'revoked', { name }: Channel): SSEError {
  return new SSEError(code, `${code === 'denied' ? 'Not' : 'No longer'} allowed: ${JSON.stringify(name)}.`)
}

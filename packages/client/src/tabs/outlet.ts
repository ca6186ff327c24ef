import { SSEError } from '@tidewire/protocol'
import { type End, type News, toFailure } from './messages.ts'
import type { RelaySession } from './relaySession.ts'

/** The most that a tab may have yet to take, in characters. */
const MAX_UNREAD = 1024 * 1024

/** Brings news to sessions, in the order in which it is called. */
export type Send = (to: readonly RelaySession[], news: News) => void

/** What leaves for the tabs. A tab that takes nothing is given up. */
export class Outlet {
  readonly #send: Send
  readonly #drop: (session: RelaySession) => void

  /** `drop` is called with sessions that are over, before they are told. */
  constructor(send: Send, drop: (session: RelaySession) => void) {
    this.#send = send
    this.#drop = drop
  }

  /** Says something that is not to be left out. */
  say(to: readonly RelaySession[], text: string): void {
    if (to.length === 0) return
    for (const session of to) session.unread += text.length
    this.#send(to, { text })
  }

  /** Says what a session has missed, which may be much. */
  sayPast(session: RelaySession, text: string): void {
    session.past += text.length
    this.say([session], text)
  }

  /** Says what has just come, to those that have room for it. */
  tell(to: readonly RelaySession[], text: string): void {
    const slow = to.filter(({ unread, past }) => unread > MAX_UNREAD + past)
    if (slow.length === 0) return this.say(to, text)
    const error = new SSEError('network', 'The tab was too slow.')
    this.end(slow, toFailure(error))
    this.say(
      to.filter((session) => !slow.includes(session)),
      text,
    )
  }

  end(sessions: readonly RelaySession[], end: End): void {
    for (const session of sessions) this.#drop(session)
    this.#send(sessions, { end })
  }
}

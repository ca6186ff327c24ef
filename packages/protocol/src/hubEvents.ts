/** The first event of a hub's response: what became of each channel that was asked for. PROTOCOL.md, section 8.1. */
export const HELLO = 'sse.hello'

/** The event before what channels missed that joined with a position. PROTOCOL.md, section 9.4. */
export const CATCHUP = 'sse.catchup'

/** The event from which on channels that joined get what is published. PROTOCOL.md, sections 9.3 and 9.4. */
export const LIVE = 'sse.live'

/** The event that says that events were lost. PROTOCOL.md, section 8.4. */
export const RESET = 'sse.reset'

/** The event that refuses channels that were to join. PROTOCOL.md, section 9.2. */
export const DENIED = 'sse.denied'

/** The event that says that channels are no longer allowed. PROTOCOL.md, section 10.1. */
export const REVOKED = 'sse.revoked'

/** The event that says that channels are over. PROTOCOL.md, section 8.5. */
export const END = 'sse.end'

/** The event that tells a channel's readers of each other. PROTOCOL.md, section 13. */
export const PRESENCE = 'sse.presence'

/**
 * What becomes of a channel when a response opens.
 *
 * `resumed`: all that it published after the reader's position follows.
 * `fresh`: what is published after `cursor` follows.
 * `reset`: part of what the reader missed is gone; none of it is replayed, and what is published after `cursor` follows.
 * `denied`: nothing follows.
 */
export type Verdict = 'resumed' | 'fresh' | 'reset' | 'denied'

/** Channels that one event is about. */
interface About {
  readonly channels: readonly string[]
}

/** An answer to a change of the set. */
interface Answer extends About {
  /** The change that is answered. */
  readonly rev: number
}

/** The payload of `sse.hello`. Its id is the base that was accepted, or `cursor` where there is none. */
export interface Hello {
  /** The version of the protocol. */
  readonly v: 1
  /** The id of this response, for changes of its set. */
  readonly connection: string
  /** How often the response shows that it lives, in milliseconds: it is not silent for more than twice as long. */
  readonly heartbeat: number
  /** The position from which on the response is live. */
  readonly cursor: string
  /** What becomes of each channel, by name: read it by `Object.entries`, as a name may be `__proto__`. */
  readonly channels: { readonly [name: string]: Verdict }
}

/** The payload of `sse.hello` where it answers a poll, whose set cannot be changed. PROTOCOL.md, section 14. */
export interface PollHello extends Omit<Hello, 'connection'> {}

/** The payload of `sse.catchup`. */
export interface CatchUp extends Answer {
  /** Whether part of what the channels missed is gone. */
  readonly reset?: true | undefined
}

/** The payload of `sse.live`. */
export interface Live extends Answer {
  /** Up to where all of it was sent. What is published after it follows. */
  readonly cursor: string
  /** Whether part of what the channels missed is gone. */
  readonly reset?: true | undefined
}

/** The payload of `sse.reset`. Its id, where it has one, is the reader's new base. */
export interface Reset extends About {}

/** The payload of `sse.denied`. */
export interface Denied extends Answer {}

/** The payload of `sse.revoked`. */
export interface Revoked extends About {}

/** The payload of `sse.end`. */
export interface End extends About {}

/** Who follows a channel: an identity, or somebody without one, by an id that the server has made up. */
export interface Member {
  readonly id: string
  /** What the server says of it. */
  readonly info?: unknown
}

/** What every payload of `sse.presence` says. */
interface Presence {
  readonly channel: string
  /** How many members there are. The server may name fewer. */
  readonly count: number
}

/** A payload of `sse.presence` that replaces what was known: the first on each response, and some later ones. */
export interface PresenceList extends Presence {
  readonly members: readonly Member[]
}

/** A payload of `sse.presence` that says what has changed since the one before it. `left` comes first. */
export interface PresenceChange extends Presence {
  readonly joined: readonly Member[]
  /** The ids of those that are there no more. */
  readonly left: readonly string[]
}

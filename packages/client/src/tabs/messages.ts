import { SSEError, type SSEErrorCode } from '@tidewire/protocol'

/** What a tab wants: the names of channels, and where it is in each; '' where it is fresh. */
export type Wants = readonly (readonly [name: string, position: string])[]

/** A failure, as it goes from tab to tab. */
export interface Failure {
  readonly code: SSEErrorCode
  readonly message: string
  readonly status?: number | undefined
  readonly retryAfter?: number | undefined
  readonly reason?: string | undefined
}

/** What a tab says to whoever leads. */
export type TabWords =
  | { readonly do: 'ask' }
  | { readonly do: 'join'; readonly session: string; readonly wants: Wants }
  | { readonly do: 'change'; readonly session: string; readonly rev: number; readonly wants: Wants }
  | { readonly do: 'take'; readonly session: string; readonly size: number }
  | { readonly do: 'leave'; readonly session: string }

/** The same with who says it, and the last term that it has heard of. */
export type TabMessage = TabWords & { readonly tab: string; readonly term: number }

/** What a leader has for sessions. */
export type News =
  /** A part of an event stream. */
  { readonly text: string } | { readonly end: End }

/**
 * Why a session is over: the event stream has `said` it; there is another one to be had at once (`moved`), or only one of its
 * own (`alone`); or it failed.
 */
export type End = 'said' | 'moved' | 'alone' | Failure

/** What a leader says. Without news, it is that it leads. */
export interface LeaderMessage {
  readonly leader: string
  /** Grows from one leader to the next: who has heard of a later one does not listen to this one any more. */
  readonly term: number
  /** How many messages of this term there were before. */
  readonly count: number
  readonly to: readonly string[]
  readonly news?: News | undefined
}

export function toFailure({ code, message, status, retryAfter, reason }: SSEError): Failure {
  return { code, message, status, retryAfter, reason }
}

export function fromFailure({ code, message, ...facts }: Failure): SSEError {
  return new SSEError(code, message, facts)
}

import type { ChannelParams, StandardSchema } from '@tidewire/protocol'
import type { SSEEvent } from '../sseEvent.ts'
import type { SSEPresenceOptions } from './sseMember.ts'

/** Decides whether a reader may follow a channel: only `true` lets it in. */
export type SSEAuthorize<Context = unknown, Params = Record<string, string>, Resource = unknown> = (
  context: Context,
  params: Params,
  resource: Resource,
) => boolean | Promise<boolean>

/** What a channel keeps for readers that come back. */
export interface SSEHistoryOptions {
  /** The most events. @default 1_000 */
  maxEvents?: number | undefined
  /** The most text, in characters of the payloads' JSON. @default 1_048_576 */
  maxBytes?: number | undefined
  /** How long an event is kept, in milliseconds. @default 300_000 */
  maxAge?: number | undefined
}

/**
 * What becomes of an event where its reader is too slow, by `limits.maxBufferSize`: `disconnect` (the reader comes back and resumes), `drop`
 * (events are lost and the reader is told so), or `coalesce`, by which an event gives way to a newer one with the same key,
 * and the reader is disconnected only if that is not enough.
 */
export type Overflow =
  | 'disconnect'
  | 'drop'
  | {
      /**
       * Names what the event is the latest word on; undefined for an event that never gives way. Called once for each event that a slow reader has to
       * wait for; `data` is its JSON. Where it throws, `onError` hears, and the event gives way to none.
       */
      readonly coalesce: (event: { readonly event: string; readonly data: string }) => string | undefined
    }

/** What runs a channel's `source`. */
export interface SSESourceContext<Params> {
  readonly params: Params
  /** Aborts when the channel's last reader has left. */
  readonly signal: AbortSignal
}

/** Options of `hub.channel`. */
export interface SSEChannelConfig<
  P extends string = string,
  Context = unknown,
  M = Record<string, unknown>,
  Params = ChannelParams<P>,
  Resource = undefined,
> {
  /** Parses the parameters of the pattern. A name that it refuses is no channel: 404. A schema that is async is a `TypeError`. */
  params?: StandardSchema<ChannelParams<P>, Params> | undefined
  /** Finds what the channel is about, before `authorize`, which is handed it. Nothing found, and there is no such channel: 404. */
  resolve?:
    | ((params: Params, context: Context) => Resource | undefined | null | Promise<Resource | undefined | null>)
    | undefined
  /**
   * Decides whether a reader may follow the channel: only `true` lets it in. Called when it opens or joins, and again as long
   * as it lasts (`revalidate`). One that throws, or takes longer than `limits.authorizeTimeout`, is a denial at first; later
   * the reader keeps what it has, and is asked about the next time. `onError` hears of it.
   *
   * @default everybody may
   */
  authorize?: SSEAuthorize<Context, Params, Resource> | undefined
  /** What is kept for readers that come back; false for nothing: they are told `reset`. */
  history?: SSEHistoryOptions | false | undefined
  /** `'last'` keeps the last event for readers that come late, who get it at once. @default false */
  retain?: 'last' | false | undefined
  /** The events after which the channel is over. It is again not over if it publishes once more. @default none */
  terminal?: readonly (keyof M & string)[] | undefined
  /** How often its readers get a heartbeat, in milliseconds; of all channels of a connection the smallest counts. @default the hub's */
  heartbeat?: number | undefined
  /**
   * Whether its readers are told of each other, by `sse.presence`: they learn each other's identities, and for who has none an id that is
   * made up. `hub.presence` tells the server. @default false
   */
  presence?: boolean | SSEPresenceOptions<Context> | undefined
  /** What becomes of its events where a reader is too slow. @default 'disconnect' */
  overflow?: Overflow | undefined
  /**
   * Produces the channel's events for as long as it has a reader in this process. Started with the first, ended after the
   * last has left; what it yields is published. One that fails, or yields what cannot be published, is reported to `onError` and started
   * again while there are readers: after a random part of a second, of which the bound doubles from one failure to the next, up to 30, and
   * is a second again once it has produced an event. One that returns is not.
   */
  source?: ((context: SSESourceContext<Params>) => AsyncIterable<SSEEvent<M & object>>) | undefined
}

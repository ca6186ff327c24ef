import type { ChannelName, ChannelOutput, Contract, Member, SSEError } from '@tidewire/protocol'
import type {
  ConnectionOptions,
  EventOptions,
  EventStreamCallbacks,
  RequestOptions,
  UnreducedOptions,
} from '../options.ts'
import type { ConnectionState, EventStream, EventStreamActions, EventStreamState } from '../state.ts'
import type { AnyEvents, EventMap, PayloadOf } from '../types.ts'

/** Who is there on a channel, as the server shows it. */
export interface SSEPresence {
  /** How many members there are. */
  readonly count: number
  /** The members; the server may name fewer than there are. */
  readonly members: readonly Member[]
}

/** How a client is connected, for those that do it in its place. */
export interface SSEWire {
  /** Where the hub is. */
  readonly url: string
  /** How it is asked. */
  readonly options: RequestOptions & ConnectionOptions
  /** Makes the client ask anew, at once, from its last position. */
  readonly reconnect: () => void
}

/** Makes what a client asks by, in place of `fetch`. */
export type SSEShare = (wire: SSEWire) => typeof globalThis.fetch

/** Options of a client. */
export interface SSEClientOptions<C extends Contract<C> = Contract>
  extends Omit<RequestOptions, 'method' | 'body' | 'lastEventId'>, Omit<ConnectionOptions, 'maxBufferSize'> {
  /** Where the hub is. @default '/_sse' */
  url?: string | URL | undefined
  /** The contract: the events of each channel, as types or schemas. It types `subscribe`, and schemas check what comes. */
  channels?: C | undefined
  /**
   * For how long a channel stays when its last subscription has ended, in milliseconds, and the connection when there is no
   * channel left. @default 1000
   */
  linger?: number | undefined
  /** Shares the connection: `shareInBrowser()` of `@tidewire/client/tabs` with the other tabs of the browser. */
  share?: SSEShare | undefined
  /**
   * Whether and how to reconnect. A client that has used up its attempts is closed, and so are its subscriptions, as `fatal`.
   * It comes back with them when the browser says that there is a network again, when the page is shown again, or by `open()`.
   * @default { maxAttempts: 10 }
   */
  retry?: ConnectionOptions['retry']
  /** Called with every failure of the connection; those of a channel are its subscriptions'. */
  onError?: ((error: SSEError) => void) | undefined
}

/** Options of a subscription. */
export interface SSESubscriptionOptions<M extends EventMap = AnyEvents, Data = PayloadOf<M> | undefined>
  extends Omit<EventOptions<M, Data>, 'events' | 'parse'>, EventStreamCallbacks<M> {
  /** The position to start from: everything that was published after it follows, or `onGap` is called. */
  lastEventId?: string | undefined
  /** For how long the channel stays after this subscription's end; as the client's `linger`. */
  linger?: number | undefined
  /** Called when somebody comes or goes, where the server shows that. */
  onPresence?: ((presence: SSEPresence) => void) | undefined
}

/** All that there is to know of a subscription. */
export interface SSESubscriptionState<M extends EventMap, Data = PayloadOf<M> | undefined> extends EventStreamState<
  M,
  Data
> {
  /** Who is there, where the server shows that. */
  readonly presence: SSEPresence | undefined
}

/** A part in a channel: the events of it, and its state. Its fields are the state now. */
export interface SSESubscription<M extends EventMap = AnyEvents, Data = PayloadOf<M> | undefined>
  extends
    SSESubscriptionState<M, Data>,
    Omit<EventStream<M, Data>, keyof EventStreamState<M> | 'getSnapshot' | 'open'>,
    Omit<EventStreamActions, 'open'> {
  /** The name of the channel. */
  readonly channel: string
  /** All that was published after this position has come, or follows; '' while that is not known. */
  readonly since: string
  /**
   * Takes part again, where it is closed, from the last position. One that was denied or revoked has none, and shows nothing
   * of what it had: that may not be seen any more.
   */
  open: () => void
  /**
   * Takes no part until `resume()`. A channel that nobody else follows is left, and resumed from this position. Others who
   * follow it go on, and the channel with them: what comes meanwhile is not caught up with, so that `resume()` is followed by
   * `onGap` where anything came, and `data` is what they have made of it.
   */
  pause: () => void
  /** Ends `pause()`: see there. */
  resume: () => void
  /**
   * Drops the connection, of all channels, and connects at once; where this is paused or closed, takes part again instead. A
   * client that is paused stays so.
   */
  reconnect: () => void
  /** Returns the state as last published: the same object until the next publication. */
  getSnapshot: () => SSESubscriptionState<M, Data>
}

/** What a client tells of its connection. */
export interface SSEClientEvents {
  /** The connection stands, also after a reconnection. */
  connected: () => void
  /** The connection is lost or was given up; once for each loss. */
  disconnected: () => void
  /** Another attempt follows, after so many milliseconds. */
  reconnecting: (info: { readonly attempt: number; readonly delay: number }) => void
  /** Something failed; another attempt may follow. */
  error: (error: SSEError) => void
}

/** Many channels over one connection. */
export interface SSEClient<C extends Contract<C> = Contract> extends Omit<EventStreamActions, 'open'> {
  /**
   * Connects where the client is closed because it could not connect: all subscriptions that ended by that take part again,
   * from where they were, but for those that were closed since. Else does nothing.
   */
  open: () => void
  /**
   * Ends the connection and every subscription, and forgets what channels have left behind that are not followed any more,
   * also to components that are put aside: for a log-out. Idempotent. A later subscription begins anew.
   */
  close: () => void
  /**
   * Takes part in a channel. All subscriptions of a client share its one connection, and those of one channel share the
   * channel; it is left when the last of them has ended.
   *
   * @throws {TypeError} for a name that no channel can have, or that no pattern of the contract fits.
   */
  subscribe: {
    <
      const N extends ChannelName<C> | (string extends keyof C ? string : never),
      Initial = PayloadOf<ChannelOutput<C, N>> | undefined,
    >(
      channel: N,
      options?: SSESubscriptionOptions<ChannelOutput<C, N>, PayloadOf<ChannelOutput<C, N>> | Initial> &
        UnreducedOptions<Initial>,
    ): SSESubscription<ChannelOutput<C, N>, PayloadOf<ChannelOutput<C, N>> | Initial>
    <
      const N extends ChannelName<C> | (string extends keyof C ? string : never),
      Data = PayloadOf<ChannelOutput<C, N>> | undefined,
    >(
      channel: N,
      options: SSESubscriptionOptions<ChannelOutput<C, N>, Data> | undefined,
    ): SSESubscription<ChannelOutput<C, N>, Data>
  }
  /** Calls `handler` whenever that happens to the connection, until the returned function is called. */
  on: <Name extends keyof SSEClientEvents>(name: Name, handler: SSEClientEvents[Name]) => () => void
  /** How the connection is. */
  readonly status: ConnectionState['status']
  /** Whether the hub has greeted. */
  readonly connected: boolean
  /** The id that the hub gave to this connection. */
  readonly connectionId: string | undefined
  /** This client's own name, which it keeps over reconnections: the hub can leave out whoever caused an event. */
  readonly origin: string
  /** Headers for requests that change something: `{ 'Tidewire-Origin': origin }`. */
  headers: () => Record<string, string>
  /** The state of the connection, for those that show it. */
  readonly state: {
    /** Calls `listener` whenever it is published, until the returned function is called. */
    subscribe: (listener: () => void) => () => void
    /** Returns it as last published: the same object until the next publication. */
    getSnapshot: () => ConnectionState
    /** Returns it as a server shows it, where nothing is connected: always the same object. */
    getServerSnapshot: () => ConnectionState
  }
}

/** A client, whatever its contract. */
export type AnySSEClient = Omit<SSEClient, 'subscribe'> & { subscribe: (...args: never) => unknown }

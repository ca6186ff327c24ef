import type { ChannelInput, ChannelName, ChannelParams, Contract } from '@tidewire/protocol'
import type { SSEAuthorize, SSEChannelConfig } from './channelConfig.ts'
import type { SSEDrainOptions } from './drain.ts'
import type { SSEExclusion } from './exclusion.ts'
import type { HubCounters } from './hubMonitor.ts'
import type { SSESnapshot } from './hubSnapshot.ts'
import type { SSEReader, SSEReaderFilter } from './readerFilter.ts'
import type { JobPattern, JobResult, SSEJob, SSEJobConfig, SSEJobTask } from './sseJob.ts'
import type { SSEMember } from './sseMember.ts'

/** The events that all of several channels have, with payloads that all of them take. */
type SharedEvents<M> = [M] extends [never]
  ? {}
  : {
      [Name in keyof M & string]: (M extends unknown ? (payload: M[Name & keyof M]) => void : never) extends (
        payload: infer Payload,
      ) => void
        ? Payload
        : never
    }

/** Options of a publish. */
export interface SSEPublishOptions {
  /**
   * Makes a second try safe: the event of this name that was published on these channels with this key within the last minutes is not
   * published again. Another event, or one on other channels, is another publish, whatever its key.
   */
  key?: string | undefined
}

/** What `hub.to` gives: a publish that is yet to be made. */
export interface SSEPublisher<M extends object> {
  /**
   * Leaves readers out: whoever caused the event, say. They do not get it later, either. `{ origin }` is one tab of a browser, `{ identity }`
   * everything that somebody has open, and with both, that tab if it is theirs. A text is an identity or an origin, whichever it fits: do not
   * give one that a client sent, which may be somebody else's identity. What is undefined or null leaves nobody out.
   *
   * @throws {TypeError} for anything else.
   */
  except(...keys: (string | SSEExclusion | null | undefined)[]): SSEPublisher<M>
  /**
   * Publishes an event. Resolves with its id when the log has it; on several channels it is one step, and the id is the last one.
   *
   * Rejects with an `SSEError`: `invalid-event` (a payload or a name that cannot be sent, or that the contract refuses), `too-large`,
   * `closed`, `publish` (nothing was published), `unknown-outcome` (publish again with the same `key`). A dropped promise never becomes an
   * unhandled rejection: `onError` hears of each failure.
   */
  send<Name extends keyof M & string>(event: Name, data: M[Name], options?: SSEPublishOptions): Promise<{ id: string }>
  /** Publishes a `message`. */
  data(payload: 'message' extends keyof M ? M['message'] : never, options?: SSEPublishOptions): Promise<{ id: string }>
}

/** What a hub tells of itself. */
export interface SSEHubState<Context> {
  readonly connections: readonly SSEReader<Context>[]
  /** How many readers each channel has that has any. */
  readonly channels: Readonly<Record<string, number>>
  readonly counters: Readonly<HubCounters>
  /** What waits for all readers together, in bytes. */
  readonly bufferedSize: number
}

/** Many channels over one response, each typed and authorized, with history: made by `createSSEHub`. */
export interface SSEHub<C extends Contract<C> = Contract, Context = unknown> {
  /**
   * Declares a channel, so that it can be read; a name or a pattern of names (`users/:id`). Of several patterns that fit a name, text beats a
   * parameter, from the left.
   *
   * @throws {TypeError} for a pattern that makes no sense, is not in the contract, or fits the names of another; and for an option that makes no sense.
   */
  channel<const P extends keyof C & string, Params = ChannelParams<P>, Resource = undefined>(
    pattern: P,
    config?:
      | SSEAuthorize<Context, ChannelParams<P>, undefined>
      | SSEChannelConfig<P, Context, ChannelInput<C, P>, Params, Resource>,
  ): void

  /**
   * Declares a channel that follows a task, and the task: readers may come, leave and come back, it goes on. The events are those of
   * `createProgressStream`; whoever comes late gets the last state at once, and for an hour after the end the end. With a contract, the
   * channel's events are `ProgressEvents<Result>`.
   *
   * @example
   * const uploads = hub.job('uploads/:id', async (update, { params, signal }, file: File) => {
   *   for await (const part of partsOf(file, signal)) update({ loaded: await store(params.id, part), total: file.size })
   *   return { url: `/files/${params.id}` }
   * })
   * uploads.start({ id: '7' }, file)
   *
   * @throws {TypeError} as `channel` does.
   */
  job<
    const P extends JobPattern<C>,
    R extends JobResult<ChannelInput<C, P>>,
    Input = undefined,
    Params = ChannelParams<P>,
    Resource = undefined,
  >(
    pattern: P,
    task: SSEJobTask<Params, Input, R>,
    config?: SSEAuthorize<Context, ChannelParams<P>, undefined> | SSEJobConfig<P, Context, Params, Resource>,
  ): SSEJob<P, Input, R>

  /** Names the channels to publish on. Throws a `TypeError` for a name that no pattern fits. */
  to<const N extends ChannelName<C>>(...names: [N, ...N[]]): SSEPublisher<SharedEvents<ChannelInput<C, N>>>

  /**
   * Reads what a channel tells the changes of, with the position from which on it tells them: for the `queryFn` of a query that is kept
   * true. `load` is called after the position was read, and has to see everything that is committed by then: no replica, no transaction that
   * began before. Writers publish after they have committed. Rejects with what `load` throws, and with an `SSEError` `log`.
   *
   * @example
   * app.get('/api/orders/:id', async (c) => {
   *   const { id } = c.req.param()
   *   return (await hub.snapshot(`orders/${id}`, () => loadOrder(id))).toResponse()
   * })
   *
   * @throws {TypeError} for a name that no pattern fits.
   */
  snapshot<T>(channel: ChannelName<C>, load: () => T | Promise<T>): Promise<SSESnapshot<T>>

  /**
   * Answers a request: `GET` opens a stream, `POST` changes its channels, `OPTIONS` is a browser's question. It is bound: `export const GET = hub.fetch`.
   *
   * Rejects with what `context` threw, unless that is a response.
   */
  readonly fetch: (request: Request, platform?: unknown) => Promise<Response>

  /** How many readers this process has. */
  readonly connectionCount: number
  /** How many readers a channel has in this process. */
  subscriberCount(name: ChannelName<C>): number
  /** The channels that have readers in this process. */
  readonly activeChannels: string[]
  /**
   * Tells who follows a channel that was declared with `presence`, by who came first: everybody, whatever `maxMembers` says. Rejects with a
   * `TypeError` for another channel.
   */
  presence(name: ChannelName<C>): Promise<SSEMember[]>
  /** Tells of the readers and channels of this process. */
  inspect(): SSEHubState<Context>

  /**
   * Sends readers of this process away for good: they are told not to come back, and are not hindered if they do; that is for
   * `context` and `authorize` to do. Returns how many.
   */
  disconnect(filter: SSEReaderFilter<Context>): number
  /**
   * Takes a channel from its readers in this process, or from those that the filter picks. They lose their position in it, too: granted
   * again, the channel begins afresh. Returns how many.
   */
  revoke(name: ChannelName<C>, filter?: SSEReaderFilter<Context>): number

  /**
   * Lets nobody in any more (503), starts no job, and sends all readers away, spread over a time, each with a time of its own to come back.
   * Readers of a running job stay until it has finished. Resolves when the last was sent away.
   */
  drain(options?: SSEDrainOptions): Promise<void>
  /** Ends everything at once: responses, sources, jobs, the log. Idempotent. */
  close(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

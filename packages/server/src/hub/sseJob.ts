import type { ChannelInput, ChannelParams, ChannelParamValue, ProgressEvents } from '@tidewire/protocol'
import type { MapFailure } from '../mapFailure.ts'
import type { UpdateProgress } from '../progressTask.ts'
import type { SSEChannelConfig } from './channelConfig.ts'

/** The patterns of a contract whose channels have the events of a job: {@link ProgressEvents}. */
export type JobPattern<C> = string extends keyof C
  ? string
  : { [P in keyof C & string]: TakesProgress<ChannelInput<C, P>> extends true ? P : never }[keyof C & string]

type TakesProgress<M> = M extends { progress: unknown; complete: { result: infer R }; error: unknown }
  ? ProgressEvents<R> extends Pick<M, keyof ProgressEvents>
    ? true
    : false
  : false

/** What the task of a job returns, as its channel's events say. */
export type JobResult<M> = M extends { complete: { result: infer R } } ? R : unknown

/** What the task of a job is given beside `update`. */
export interface SSEJobContext<Params> {
  /** The parameters of the channel. */
  readonly params: Params
  /**
   * Aborts when the run is stopped, or the hub closed; never because a reader leaves. What the task reports or returns after
   * that goes nowhere; what it throws then reaches `onError`, unless it is the abort.
   */
  readonly signal: AbortSignal
  /** Forgets all that was reported, so that a task that is tried again may begin again. */
  readonly restart: () => void
}

/** Work that reports its progress to a channel. `input` is what `start` was given: declare its type to have it checked. */
export type SSEJobTask<Params, Input, R> = (
  update: UpdateProgress,
  context: SSEJobContext<Params>,
  input: Input,
) => R | Promise<R>

/** Options of `hub.job`: those of a channel, with what suits progress as defaults. */
export interface SSEJobConfig<
  P extends string = string,
  Context = unknown,
  Params = ChannelParams<P>,
  Resource = undefined,
> extends Omit<
  SSEChannelConfig<P, Context, ProgressEvents, Params, Resource>,
  'retain' | 'terminal' | 'source' | 'history' | 'overflow'
> {
  /**
   * What is kept for readers that come back: by default the last 100 events, for an hour. The end is kept for `maxAge`, and for an
   * hour at least: whoever comes until then is told it, and after that waits as for a job that was never started.
   */
  history?: SSEChannelConfig['history']
  /** What becomes of its events where a reader is too slow. @default the newest progress replaces what waits */
  overflow?: SSEChannelConfig['overflow']
  /**
   * Maps what the task threw to what readers are told; undefined, or a code that is no string, for the default. A failure that it
   * has a code for was foreseen: `finished` tells of it, and `onError` does not.
   *
   * @default the code `internal`, the message `The task failed.`
   */
  mapError?: MapFailure | undefined
}

/** How a run ended: with a result, with what `mapError` made of a failure, or because it was stopped. */
export type SSEJobEnd<R> =
  | { readonly phase: 'complete'; readonly result: R }
  | { readonly phase: 'failed'; readonly code: string; readonly message: string; readonly error: unknown }
  | { readonly phase: 'cancelled' }

/** One run of a job. */
export interface SSEJobRun<R> {
  /** The name of its channel. */
  readonly channel: string
  /** Resolves with the end, when that was published and the task has settled. Never rejects. */
  readonly finished: Promise<SSEJobEnd<R>>
  /**
   * Aborts the task and tells readers at once: `error` with the code `cancelled`. Resolves as `finished` does: with another
   * end, where that was decided before.
   */
  stop(): Promise<SSEJobEnd<R>>
}

/** What names a run: the parameters of its channel, which a pattern without any does not need. */
type Key<P extends string> = keyof ChannelParams<P> extends never
  ? [params?: {}]
  : [params: { readonly [K in keyof ChannelParams<P>]: ChannelParamValue }]

/** A job: runs of a task, each followed on a channel of its own. Made by `hub.job`. */
export interface SSEJob<P extends string, Input, R> {
  /**
   * Starts a run in this process, and says so with an empty `progress`. Where one is under way, it starts nothing and returns
   * that one. After `stop`, wait for it: the next run begins when readers know of the end, also where the old task goes on.
   *
   * @throws {TypeError} for parameters that give no name of a channel, or one that leads to another channel.
   * @throws {SSEError} `closed`, once the hub drains or is closed.
   */
  start(
    ...args: undefined extends Input ? [...Key<P>, input?: Input] : [...Required<Key<P>>, input: Input]
  ): SSEJobRun<R>
  /** Stops the run of this process. Resolves with whether there was one, when its task has settled. */
  stop(...key: Key<P>): Promise<boolean>
  /** Tells whether a run is under way in this process: its end is yet to be published. */
  isRunning(...key: Key<P>): boolean
}

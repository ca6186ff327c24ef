import type { ChannelName, ChannelOutput, Contract } from '@tidewire/protocol'
import type { RegisteredContract } from '../register.ts'
import { callSafely } from '../report.ts'
import { note, pageOf } from './cursors.ts'
import { tick } from './journal.ts'
import { isLive, mayWait } from './liveness.ts'
import type { DefaultedOptions, QueryClientLike, QueryLike } from './queryClient.ts'
import type { LiveRule } from './rules.ts'
import { cursorOf } from './snapshot.ts'
import { findSync } from './syncs.ts'

/** The field of a query's options that says how it is kept true. A text, as some bindings copy no symbols. */
export const LIVE = 'tidewireLive'

/** The channel of a query, or a ref of it; nothing is live while it is null, undefined, false or ''. */
export type LiveQueryChannel<N extends string = string> =
  | N
  | null
  | undefined
  | false
  | ''
  | { readonly value: N | null | undefined | false | '' }

/** How a query is kept true. */
export interface LiveQuery<
  C extends Contract<C> = RegisteredContract,
  N extends ChannelName<C> = ChannelName<C>,
  Cached = unknown,
> {
  /** The channel that tells of changes. */
  channel: LiveQueryChannel<N>
  /** What each event does to the data. An event without a rule does nothing. */
  rules: { readonly [Name in keyof ChannelOutput<C, N>]?: LiveRule<Cached, ChannelOutput<C, N>[Name]> | undefined }
  /** Reads the position of a snapshot from what `queryFn` returned. Not needed with `readSnapshot`. */
  getCursor?: ((data: Cached) => string | undefined) | undefined
}

/** What the code inside knows of it. */
export interface AnyLiveQuery {
  readonly channel: LiveQueryChannel
  readonly rules: Readonly<Record<string, LiveRule | undefined>>
  readonly getCursor?: ((data: unknown) => string | undefined) | undefined
}

/** What the `queryFn` of some options returns: the data, or a page of them. */
export type FetchedBy<Options> = Options extends { queryFn?: infer F }
  ? F extends (...args: never) => infer Result
    ? Awaited<Result>
    : never
  : unknown

interface Context {
  readonly client?: QueryClientLike
  readonly queryKey: readonly unknown[]
  readonly pageParam?: unknown
}

/**
 * Says of a query which channel keeps it true, and what each event does to it. It returns options of the type that it was given, so it
 * goes into `useQuery`, `prefetchQuery`, loaders, Suspense and infinite queries, around or inside `queryOptions()`. While the query is live,
 * it is never stale and not polled; while it is not, its own `staleTime` and `refetchInterval` count.
 *
 * {@link syncQueryCache} does the work: without it, this only fetches, and says so on the console.
 *
 * @example
 * useQuery(liveQueryOptions(
 *   { queryKey: ['order', id], queryFn: () => fetch(`/api/orders/${id}`).then(readSnapshot<Order>) },
 *   { channel: `orders/${id}`, rules: { updated: (old, next) => ({ ...old, ...next }), removed: remove } },
 * ))
 */
export function liveQueryOptions<
  Options extends object,
  C extends Contract<C> = RegisteredContract,
  const N extends ChannelName<C> = ChannelName<C>,
  // Named for itself alone, so that `skipToken` stays the symbol that it is.
  QueryFn extends symbol | object = object,
>(options: Options & { queryFn?: QueryFn | undefined }, live: LiveQuery<C, N, FetchedBy<Options>>): Options {
  const { queryFn, staleTime, refetchInterval } = options as Record<string, unknown>
  return {
    ...options,
    [LIVE]: live,
    ...(typeof queryFn === 'function' && { queryFn: noting(queryFn as never, live as unknown as AnyLiveQuery) }),
    staleTime: (query: QueryLike) =>
      isLive(query) || mayWait(query) ? Infinity : valueOf(staleTime ?? defaultsOf(query)?.staleTime ?? 0, query),
    refetchInterval: (query: QueryLike) =>
      isLive(query) ? false : valueOf(refetchInterval ?? defaultsOf(query)?.refetchInterval ?? false, query),
  }
}

const clients = new WeakMap<QueryLike, QueryClientLike>()

/** What the client of a query has for all of its queries. Where that is live options, they ask this themselves. */
function defaultsOf(query: QueryLike): DefaultedOptions | undefined {
  const { queryKey } = query
  const defaults = (findSync(query) ?? clients.get(query))?.defaultQueryOptions({ queryKey } as never)
  return defaults && LIVE in defaults ? undefined : defaults
}

/** The value of an option, which may be a function, or a ref where the binding has such. */
export function valueOf(option: unknown, query: QueryLike): unknown {
  if (typeof option === 'function') return (option as (query: QueryLike) => unknown)(query)
  return option instanceof Object && 'value' in option ? option.value : option
}

/** The functions that note where their answers are from. */
const notingFns = new WeakSet<object>()

/** Whether a query's last fetch noted where its answer is from. Another function may be its own by now: the last options that came count. */
export function isNoting({ options }: QueryLike): boolean {
  const { queryFn } = options as { queryFn?: unknown }
  return typeof queryFn === 'function' && notingFns.has(queryFn)
}

/** A `queryFn` that notes from which position its answer is. */
function noting(
  queryFn: (context: Context) => unknown,
  { getCursor }: AnyLiveQuery,
): (context: Context) => Promise<unknown> {
  const fetchNoting = async (context: Context) => {
    const at = tick()
    const { client, queryKey } = context
    const query = client
      ?.getQueryCache()
      .getAll()
      .find((one) => one.queryKey === queryKey)
    if (client && query) clients.set(query, client)
    const data = await queryFn(context)
    if (client && !findSync(query)) remind(client)
    let cursor = cursorOf(data)
    if (getCursor) callSafely(() => (cursor = getCursor(data) ?? cursor))
    if (query) note(query, pageOf(context), cursor, at)
    return data
  }
  notingFns.add(fetchNoting)
  return fetchNoting
}

const reminded = new WeakSet<object>()
declare const process: { env: { NODE_ENV?: string } } | undefined

function remind(client: QueryClientLike): void {
  // On a server nothing is live.
  if (!globalThis.document || reminded.has(client)) return
  reminded.add(client)
  if (typeof process !== 'undefined' && process.env.NODE_ENV === 'production') return
  console.error('liveQueryOptions() was used without syncQueryCache(queryClient, client): nothing is live.')
}

import type { ChannelNameOf, ChannelOutput, Contract } from '@tidewire/protocol'
import { MAX_TIMEOUT } from '../backoff.ts'
import type { SSEClient } from '../channels/clientTypes.ts'
import { callSafely } from '../report.ts'
import { forEachMember } from '../subscription.ts'
import { dropUnsureCursors, keepCursors, oldestCursor, setCursors } from './cursors.ts'
import { tick } from './journal.ts'
import { LiveChannel } from './liveChannel.ts'
import { type AnyLiveQuery, LIVE, type LiveQueryChannel, valueOf } from './liveQueryOptions.ts'
import { listenersOf } from './liveStatusObserver.ts'
import { type BindingHost, QueryBinding } from './queryBinding.ts'
import { matchesKey } from './matchesKey.ts'
import type { Cursors, QueryCacheLike, QueryClientLike, QueryEvent, QueryLike } from './queryClient.ts'
import type { AnyLiveRule } from './rules.ts'
import { setSync } from './syncs.ts'

/** How queries are kept true that were not written with `liveQueryOptions`: with a channel of a pattern, and rules for its events. */
export type QueryRule<C extends Contract<C> = Contract> = {
  [P in keyof C & string]: {
    /** Which queries: those whose key begins so. */
    queryKey: readonly unknown[]
    /** The channel that tells of their changes: a name, or what makes one of the key. */
    channel: ChannelNameOf<P> | ((queryKey: readonly unknown[]) => ChannelNameOf<P> | null | undefined | false)
    /** What each event does to the data; what these are is for a function's own type to say. */
    rules: { readonly [Name in keyof ChannelOutput<C, P>]?: AnyLiveRule<Known<ChannelOutput<C, P>[Name]>> | undefined }
  }
}[keyof C & string]

// Of what nothing is known, a function's own type says.
type Known<Payload> = unknown extends Payload ? never : Payload

/** Options of {@link syncQueryCache}. */
export interface SyncQueryCacheOptions<C extends Contract<C> = Contract> {
  /** For queries that were not written with `liveQueryOptions`; the first one that fits counts. */
  rules?: readonly QueryRule<C>[] | undefined
  /** For how long a query is kept true that nobody looks at any more, in milliseconds. `Infinity` is as long as it is kept. @default 1000 */
  linger?: number | undefined
  /**
   * After how long data are fetched anew although they are live, in milliseconds: a writer may have died between its commit and its
   * publishing. `Infinity` is never. @default 600_000
   */
  maxAge?: number | undefined
}

/**
 * Keeps the queries of a TanStack query client true, for as long as somebody looks at them: events change their data by the rules of
 * `liveQueryOptions`, answers of fetches that are older than what is known are brought up to date, and what the server can no longer tell is
 * fetched anew. Call it once, beside the query client. Returns the function that ends it; only then can it be called again. Where there is no
 * `window`, as on a server, it does nothing.
 *
 * @example
 * const stop = syncQueryCache(queryClient, createSSEClient({ channels }))
 *
 * @throws {TypeError} for an option that makes no sense, and for a query client that is kept true already.
 */
export function syncQueryCache<C extends Contract<C>>(
  queryClient: QueryClientLike,
  client: SSEClient<C>,
  { rules = [], linger = 1000, maxAge = 600_000 }: SyncQueryCacheOptions<NoInfer<C>> = {},
): () => void {
  for (const [name, value] of Object.entries<unknown>({ linger, maxAge })) {
    if (typeof value === 'number' && value >= 0) continue
    throw new TypeError(`Expected \`${name}\` to be at least 0 (milliseconds), got ${value as string}.`)
  }
  // Vue's binding looks at its queries on a server, too, and leaves none. React Native has a window, but no document.
  if (!globalThis.window) return () => {}
  const cache = queryClient.getQueryCache()
  if (synced.has(cache)) throw new TypeError('Expected one syncQueryCache() per query client: end the first.')
  const sync = new CacheSync(queryClient, client as unknown as SSEClient, rules as never, linger, maxAge)
  synced.set(cache, sync)
  return () => {
    if (synced.get(cache) !== sync) return
    synced.delete(cache)
    sync.close()
  }
}

// What the code inside knows of a rule.
interface AnyQueryRule extends Pick<QueryRule, 'queryKey'> {
  readonly channel: string | ((queryKey: readonly unknown[]) => string | null | undefined | false)
  readonly rules: AnyLiveQuery['rules']
}

// What the code inside knows of the options of those who look.
interface LiveOptions {
  readonly [LIVE]?: AnyLiveQuery
  readonly enabled?: unknown
}

const synced = new WeakMap<QueryCacheLike, CacheSync>()

class CacheSync implements BindingHost {
  readonly queryClient: QueryClientLike
  readonly maxAge: number
  readonly #client: SSEClient
  readonly #rules: readonly AnyQueryRule[]
  readonly #linger: number
  readonly #bindings = new Map<QueryLike, QueryBinding>()
  readonly #channels = new Map<string, LiveChannel>()
  readonly #looked = new Set<QueryLike>()
  /** When the last fetch of each query began, and the positions of its data then: its answer may come while nobody looks. */
  readonly #begun = new WeakMap<QueryLike, readonly [at: number, before: Cursors | undefined]>()
  readonly #ends: (() => void)[]

  constructor(
    queryClient: QueryClientLike,
    client: SSEClient,
    rules: readonly AnyQueryRule[],
    linger: number,
    maxAge: number,
  ) {
    this.queryClient = queryClient
    this.maxAge = maxAge
    this.#client = client
    this.#rules = rules
    this.#linger = linger
    const cache = queryClient.getQueryCache()
    this.#ends = [
      cache.subscribe((event) => this.#onCache(event)),
      queryClient.getMutationCache().subscribe((event) => {
        for (const binding of this.#bindings.values()) binding.onMutation(event)
      }),
    ]
    for (const query of cache.getAll()) this.#look(query)
  }

  close(): void {
    for (const end of this.#ends) end()
    for (const query of [...this.#bindings.keys()]) this.#unbind(query)
    for (const query of this.queryClient.getQueryCache().getAll()) {
      setSync(query, undefined)
      // Of the answer that is under way nobody says from where it is.
      if (query.state.fetchStatus !== 'idle') setCursors(query, undefined)
    }
  }

  onLiveness(): void {
    forEachMember(listenersOf(this.queryClient), (listener) => listener())
  }

  #onCache({ type, query, action }: QueryEvent): void {
    const binding = this.#bindings.get(query)
    if (type === 'removed') return this.#unbind(query)
    if (type === 'updated') this.#onUpdate(query, action, binding)
    // An option that is a function of the query's state may have another value now.
    else if (type !== 'observerResultsUpdated' || query.isActive() !== (binding !== undefined)) this.#look(query)
    // Who comes may be let in by now.
    if (type === 'observerAdded') this.#bindings.get(query)?.channel.open()
  }

  #onUpdate(query: QueryLike, action: QueryEvent['action'], binding: QueryBinding | undefined): void {
    const { type, manual, state } = action ?? {}
    // Other data came without their positions, or were set by hand while nobody looked.
    const isReplaced = state ? 'data' in state && !state.cursors : manual && !binding
    if (isReplaced) setCursors(query, undefined)
    if (type === 'fetch') this.#begun.set(query, [tick(), query.state.cursors])
    if (!binding) {
      const [at = -Infinity, before] = this.#begun.get(query) ?? []
      if (type === 'success' && !manual) keepCursors(query, at, before)
      return
    }
    if (type === 'fetch') binding.onFetch()
    else if (type === 'success' && manual) binding.onWrite()
    else if (type === 'success') binding.onSuccess()
    else if (type === 'error') binding.onError()
    else if (type === 'invalidate') binding.onInvalidate()
    else if (type === 'setState') binding.onState()
  }

  /** Looks whether a query is to be kept true, and by what. What that changes comes back to here. */
  #look(query: QueryLike): void {
    if (this.#looked.has(query) || this.queryClient.getQueryCache().get(query.queryHash) !== query) return
    this.#looked.add(query)
    // A name that no channel can have is the application's mistake, and not the cache's end.
    callSafely(() => this.#bind(query))
    this.#looked.delete(query)
  }

  #bind(query: QueryLike): void {
    setSync(query, this.queryClient)
    const live = this.#liveOf(query)
    const channel = live && nameOf(live.channel)
    const binding = this.#bindings.get(query)
    if (!channel || !query.isActive()) {
      if (binding && !channel && query.isActive()) this.#unbind(query)
      else if (binding) this.#letLinger(query, binding)
      return
    }
    if (binding?.channel.name === channel) return binding.onLook(live)
    if (binding) this.#unbind(query)
    dropUnsureCursors(query)
    const next = new QueryBinding(query, live, this.#open(channel, query), this)
    this.#bindings.set(query, next)
    next.start()
  }

  #liveOf(query: QueryLike): AnyLiveQuery | undefined {
    // Of several who look, one may have no channel yet.
    const isFollowing = ({ options }: { readonly options: LiveOptions }) =>
      nameOf(options[LIVE]?.channel) && valueOf(options.enabled, query) !== false
    const all = [...query.observers.filter(isFollowing), ...query.observers, query]
    const own = all.map(({ options }) => (options as LiveOptions)[LIVE]).find(Boolean)
    if (own) return own
    const rule = this.#rules.find(({ queryKey }) => matchesKey(query.queryKey, queryKey))
    if (!rule) return undefined
    const channel = typeof rule.channel === 'function' ? rule.channel(query.queryKey) : rule.channel
    return { channel, rules: rule.rules }
  }

  #open(name: string, query: QueryLike): LiveChannel {
    const known = this.#channels.get(name)
    if (known) return known
    const since = query.state.data === undefined ? undefined : oldestCursor(query)
    const channel = new LiveChannel(this.#client, name, since)
    this.#channels.set(name, channel)
    return channel
  }

  #letLinger(query: QueryLike, binding: QueryBinding): void {
    // A timer of more time would run out at once.
    if (this.#linger > MAX_TIMEOUT || binding.timer) return
    binding.timer = setTimeout(() => {
      this.#unbind(query)
      // Whoever looks again fetches it: from here on nobody tells it of anything.
      query.invalidate()
    }, this.#linger)
  }

  #unbind(query: QueryLike): void {
    const binding = this.#bindings.get(query)
    if (!binding) return
    this.#bindings.delete(query)
    binding.close()
    const { channel } = binding
    if (channel.followers.size > 0) return
    this.#channels.delete(channel.name)
    channel.close()
  }
}

function nameOf(channel: LiveQueryChannel | undefined): string | null | undefined | false {
  return channel instanceof Object ? channel.value : channel
}

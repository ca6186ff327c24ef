import { dehydrate, type DehydratedState, hydrate, notifyManager, QueryClient } from '@tanstack/query-core'
import { createSSEClient, type SSEClient, type SSESubscription } from '@tidewire/client'
import { createLiveStatusObserver, syncQueryCache } from '@tidewire/client/query'
import type { Wire } from '../../channels/useHubClient.ts'
import { asInBrowser } from '../asInBrowser.ts'
import { mutate } from './mutate.ts'
import { type AnyObserver, defineQuery, type ModelQuery, type Outcome, type Way } from './queries.ts'
import type { Row, Shop } from './shop.ts'
import type { QueryName, Step } from './steps.ts'

/** What a page is made with. */
export interface PageSettings {
  readonly shop: Shop
  readonly wire: Wire
  readonly way: Way
  readonly queries: readonly QueryName[]
  /** Whether rows have versions, and the page does without its own echoes. */
  readonly isVersioned: boolean
}

/** A page in a browser: what it looks at, and how its cache is kept. */
export class ModelPage {
  readonly client: SSEClient
  readonly queryClient: QueryClient
  readonly queries: Map<QueryName, ModelQuery>
  readonly #settings: PageSettings
  readonly #observers = new Map<QueryName, { observer: AnyObserver; leave: () => void }>()
  readonly #stops: (() => void)[] = []
  readonly #shown = new Map<string, number>()
  #other: SSESubscription | undefined
  /** The rows that have shown what they were before, after they had shown what they are. */
  readonly setBacks: string[] = []

  constructor(settings: PageSettings, state?: DehydratedState) {
    const { shop, wire, way, isVersioned, queries } = (this.#settings = settings)
    this.queries = new Map(queries.map((name) => [name, defineQuery(name, shop, way, isVersioned)]))
    const retry = { delay: 10, maxDelay: 500, maxAttempts: Infinity }
    this.client = createSSEClient({ url: 'http://hub.test/_sse', fetch: wire.fetch, retry })
    this.queryClient = new QueryClient({ defaultOptions: { queries: { retry: false } } })
    this.queryClient.mount()
    if (state) hydrate(this.queryClient, state)
    asInBrowser()
    if (way.startsWith('ours')) this.#stops.push(syncQueryCache(this.queryClient, this.client))
    else this.#followByHand()
  }

  mountAll(): void {
    for (const name of this.queries.keys()) this.mount(name)
  }

  mount(name: QueryName): void {
    const query = this.queries.get(name)
    if (!query || this.#observers.has(name)) return
    const observer = query.observe(this.queryClient)
    this.#observers.set(name, { observer, leave: this.#follow(name, observer) })
  }

  unmount(name: QueryName): void {
    this.#observers.get(name)?.leave()
    this.#observers.delete(name)
  }

  /** As React does in StrictMode: the same observer leaves and comes back. */
  remount(name: QueryName): void {
    const part = this.#observers.get(name)
    if (!part) return
    part.leave()
    part.leave = this.#follow(name, part.observer)
  }

  observerOf(name: QueryName): AnyObserver | undefined {
    return this.#observers.get(name)?.observer
  }

  /** Somebody else follows a channel too, or no longer. */
  toggleOther(): void {
    this.#other?.close()
    this.#other = this.#other ? undefined : this.client.subscribe('rows')
  }

  /** Changes some rows at once. */
  mutate({ query: name, changes }: Extract<Step, { do: 'mutate' }>): void {
    const { queryClient, client } = this
    const { shop, way, isVersioned } = this.#settings
    const query = this.queries.get(name) ?? defineQuery(name, shop, way, isVersioned)
    const own = name === 'row 0' ? { row: 0 } : {}
    for (const change of changes) mutate(query, { ...change, ...own }, { shop, client, queryClient, isVersioned })
  }

  /** What a server's rendering would bring along. */
  async render(): Promise<DehydratedState> {
    const server = new QueryClient({ defaultOptions: { queries: { retry: false } } })
    for (const { options } of this.queries.values()) await server.query(options as never).catch(() => {})
    return copy(dehydrate(server))
  }

  /** What a storage would keep. */
  keep(): DehydratedState {
    return copy(dehydrate(this.queryClient))
  }

  /** Puts data in the place of what there is, as a developer's tools do. Nobody says where they are from. */
  restore({ queries }: DehydratedState): void {
    const cache = this.queryClient.getQueryCache()
    for (const { queryHash, state } of queries) {
      const query = cache.get(queryHash)
      if (query?.state.data !== undefined) query.setState({ data: state.data })
    }
  }

  outcomes(): [QueryName, Outcome][] {
    return [...this.queries].map(([name, { key, outcome }]) => [name, outcome(this.queryClient.getQueryData(key))])
  }

  statuses(): string[] {
    return [...this.queries.values()].map(
      ({ key }) => createLiveStatusObserver(this.queryClient, key).getSnapshot().status,
    )
  }

  close(): void {
    for (const { leave } of this.#observers.values()) leave()
    this.#observers.clear()
    for (const stop of this.#stops) stop()
    this.#other?.close()
    this.queryClient.clear()
    this.queryClient.unmount()
    this.client.close()
  }

  /** As the bindings do it: what is told within a batch is told at its end. */
  #follow(name: QueryName, observer: AnyObserver): () => void {
    return observer.subscribe(notifyManager.batchCalls(() => this.#watch(name, observer)))
  }

  #watch(name: QueryName, observer: AnyObserver): void {
    if (name !== 'list') return
    for (const { id, n } of (observer.getCurrentResult().data as Row[] | undefined) ?? []) {
      if (n < (this.#shown.get(id) ?? 0)) this.setBacks.push(id)
      this.#shown.set(id, n)
    }
  }

  /** One subscription beside the queries, as applications do it. */
  #followByHand(): void {
    const { queryClient } = this
    const { way } = this.#settings
    const queryKey = ['list']
    const subscription = this.client.subscribe('rows', {
      onEvent({ event, data }) {
        const row = data as Row
        const change = (old: Row[] | undefined) =>
          old && [...old.filter(({ id }) => id !== row.id), ...(event === 'removed' ? [] : [row])]
        if (way === 'invalidate') void queryClient.invalidateQueries({ queryKey })
        else queryClient.setQueryData<Row[]>(queryKey, change)
      },
      onGap: () => void queryClient.invalidateQueries({ queryKey }),
    })
    this.#stops.push(() => subscription.close())
  }
}

function copy<T>(state: T): T {
  return JSON.parse(JSON.stringify(state)) as T
}

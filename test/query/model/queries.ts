import { type InfiniteData, InfiniteQueryObserver, type QueryClient, QueryObserver } from '@tanstack/query-core'
import {
  type AnyLiveRule,
  type LiveQuery,
  liveQueryOptions,
  readSnapshot,
  remove,
  removeById,
  upsertById,
} from '@tidewire/client/query'
import { channelOf, type Endpoint, type One, type Page, type Row, type Shop } from './shop.ts'
import type { QueryName } from './steps.ts'

/** How a cache is kept: by us, or as it is often done. */
export type Way = 'ours' | 'ours, without cursors' | 'setQueryData' | 'invalidate'

/** What a query shows in the end, and what it should. */
export type Outcome = readonly [shown: unknown, truth: unknown]

/** One query of a page. */
export interface ModelQuery {
  readonly key: readonly unknown[]
  /** Options as a component writes them. */
  readonly options: object
  observe: (queryClient: QueryClient) => AnyObserver
  /** What the data are where a row is something else, or is not there any more. */
  change: (data: unknown, id: string, next: (known: Row | null) => Row | null) => unknown
  outcome: (shown: unknown) => Outcome
}

export interface AnyObserver {
  subscribe: (listener: () => void) => () => void
  refetch: (options?: object) => Promise<unknown>
  fetchNextPage?: (options?: object) => Promise<unknown>
  getCurrentResult: () => { readonly data: unknown; readonly fetchStatus: string }
}

type Rules = Readonly<Record<string, AnyLiveRule>>

/** The key of a query. */
export function keyOf(name: QueryName): readonly unknown[] {
  return name.split(' ')
}

/** Describes a query. `isVersioned` lets rows that are old change nothing. */
export function defineQuery(name: QueryName, shop: Shop, way: Way, isVersioned: boolean): ModelQuery {
  const key = keyOf(name)
  const version = isVersioned ? 'n' : undefined
  const isOlder = (row: Row | null, next: Row) => isVersioned && row !== null && row.n >= next.n

  async function ask<T>(endpoint: Endpoint): Promise<T> {
    const response = await shop.answer(endpoint)
    if (way === 'ours') return readSnapshot<T>(response)
    if (!response.ok) throw new Error(response.statusText)
    return response.json() as Promise<T>
  }

  const live = <O extends object>(options: O, endpoint: Endpoint, rules: Rules): O =>
    way.startsWith('ours')
      ? liveQueryOptions(options, { channel: channelOf(endpoint), rules: rules as LiveQuery['rules'] } as never)
      : options

  if (name === 'pages') {
    const options = live(
      {
        queryKey: key,
        queryFn: ({ pageParam }: { pageParam: unknown }) => ask<Page>(`/pages/${pageParam as number}`),
        initialPageParam: 0,
        getNextPageParam: (last: Page) => last.next,
      },
      '/pages/0',
      { updated: upsertById({ rows: 'rows', add: false, version }), created: 'invalidate', removed: 'invalidate' },
    )
    return {
      key,
      options: { ...options, _type: 'infinite' },
      observe: (queryClient) => new InfiniteQueryObserver(queryClient, options),
      change(data, id, next) {
        const change = (row: Row) => (row.id === id ? next(row) : row)
        const { pages, pageParams } = (data ?? { pages: [], pageParams: [] }) as InfiniteData<Page>
        const changed = pages.map((page) => ({ ...page, rows: page.rows.map(change).filter((row) => row !== null) }))
        return data && { pages: changed, pageParams }
      },
      outcome(shown) {
        const { pages } = (shown ?? { pages: [] }) as InfiniteData<Page>
        const truth: Page[] = []
        for (let at: number | null = 0; at !== null && truth.length < Math.max(1, pages.length);) {
          truth.push(shop.page(at))
          at = shop.page(at).next
        }
        return [pages, truth]
      },
    }
  }

  const [endpoint, rules, sort, truth] = describe()
  const options = live({ queryKey: key, queryFn: () => ask(endpoint) }, endpoint, rules)
  return {
    key,
    options,
    observe: (queryClient) => new QueryObserver(queryClient, options),
    change: (data, id, next) => data && changed(data, id, next),
    outcome: (shown) => [shown === undefined ? undefined : sort(shown as never), truth()],
  }

  function describe(): [Endpoint, Rules, (shown: never) => unknown, () => unknown] {
    if (name === 'list' || name === 'other list') {
      const upsert = upsertById({ version })
      return ['/rows', { created: upsert, updated: upsert, removed: removeById({ version }) }, sorted, () => shop.rows]
    }
    if (name === 'digest') {
      interface Digest {
        rows: readonly Row[]
        count: number
      }
      const patch = (old: Digest, row: Row) => {
        const [known = null] = old.rows.filter(({ id }) => id === row.id)
        if (isOlder(known, row)) return old
        const rows = [...old.rows.filter(({ id }) => id !== row.id), row]
        return { rows, count: rows.length }
      }
      return [
        '/digest',
        { created: patch, updated: patch, removed: 'invalidate' },
        ({ rows, count }: Digest) => ({ rows: sorted(rows), count }),
        () => ({ rows: shop.rows, count: shop.rows.length }),
      ]
    }
    const id = name.slice(-1)
    const patch = (old: One, row: Row) => (isOlder(old.row, row) ? old : { row })
    return [
      `/rows/${id}`,
      { created: patch, updated: patch, removed: remove },
      ({ row }: One) => row,
      () => shop.row(id),
    ]
  }
}

function sorted(rows: readonly Row[]): Row[] {
  return rows.toSorted((a, b) => (a.id < b.id ? -1 : 1))
}

/** What rows, an object that has them, or one that has a row are with another one. */
function changed(data: object, id: string, next: (known: Row | null) => Row | null): unknown {
  if ('row' in data) return { row: next((data as One).row) }
  if ('rows' in data) {
    const rows = changed((data as Page).rows, id, next) as Row[]
    return { rows, count: rows.length }
  }
  const all = data as Row[]
  const row = next(all.find((one) => one.id === id) ?? null)
  return [...all.filter((one) => one.id !== id), ...(row ? [row] : [])]
}

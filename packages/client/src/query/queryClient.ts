/**
 * What is used of TanStack Query: a structural type, as each of its bindings may bring a copy of its own.
 * See https://tanstack.com/query/latest/docs/reference/QueryClient
 */
export interface QueryClientLike {
  getQueryCache: () => QueryCacheLike
  getMutationCache: () => { subscribe: (listener: (event: MutationEvent) => void) => () => void }
  /** What the client has for all queries, and for those of a key. */
  defaultQueryOptions: (options: never) => DefaultedOptions
  invalidateQueries: (filters: never, options?: never) => Promise<void>
  isMutating: (filters?: never) => number
}

/** Options of a query, with the client's defaults. */
export interface DefaultedOptions {
  readonly queryHash: string
  readonly staleTime?: unknown
  readonly refetchInterval?: unknown
}

/** The entries of a cache. */
export interface QueryCacheLike {
  getAll: () => readonly QueryLike[]
  get: (queryHash: string) => QueryLike | undefined
  subscribe: (listener: (event: QueryEvent) => void) => () => void
}

/** What a cache tells. */
export interface QueryEvent {
  readonly type: string
  readonly query: QueryLike
  readonly action?: {
    readonly type: string
    readonly manual?: boolean | undefined
    readonly state?: Partial<QueryStateLike>
  }
}

/** What a cache of mutations tells. */
export interface MutationEvent {
  readonly type: string
  readonly mutation?: { readonly state: { readonly status: string } } | undefined
}

/** One entry of a cache. */
export interface QueryLike {
  readonly queryKey: readonly unknown[]
  readonly queryHash: string
  readonly options: {
    readonly queryKeyHashFn?: ((queryKey: never) => string) | undefined
    readonly persister?: unknown
  }
  readonly observers: readonly { readonly options: object }[]
  readonly state: QueryStateLike
  isActive: () => boolean
  setData: (data: never, options: { manual: boolean }) => unknown
  setState: (state: never) => void
  invalidate: () => void
}

/** What an entry holds. */
export interface QueryStateLike {
  readonly data: unknown
  readonly status: string
  readonly fetchStatus: string
  /** What the last fetch is, or was, beyond one of all data. */
  readonly fetchMeta: { readonly fetchMore?: unknown } | null
  readonly isInvalidated: boolean
  /** The position of what was fetched, by page for an infinite query. Ours; it goes along when a cache is dehydrated. */
  readonly cursors?: Cursors | undefined
  /** Whether the data may show what a mutation has yet to make true. Ours, as `cursors`. */
  readonly isAhead?: boolean | undefined
}

/** Positions by page: that of data without pages is under ''. */
export type Cursors = Readonly<Record<string, string>>

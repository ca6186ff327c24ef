import type { QueryClientLike, QueryLike } from './queryClient.ts'

const syncs = new WeakMap<QueryLike, QueryClientLike>()

/** The client of a query whose cache is kept true. */
export function findSync(query: QueryLike | undefined): QueryClientLike | undefined {
  return query && syncs.get(query)
}

/** Says whether a query's cache is kept true. */
export function setSync(query: QueryLike, client: QueryClientLike | undefined): void {
  if (client) syncs.set(query, client)
  else syncs.delete(query)
}

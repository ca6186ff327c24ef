import {
  type QueryClient,
  QueryObserver,
  type QueryObserverOptions,
  experimental_streamedQuery,
} from '@tanstack/query-core'
import type { SSEClient } from '@tidewire/client'
import { liveQueryOptions, syncQueryCache, upsertById } from '@tidewire/client/query'
import type { Row } from './recording.ts'

/** What a contender is given to show rows. */
export interface Page {
  readonly client: SSEClient
  readonly queryClient: QueryClient
  /** What the endpoint answers. */
  readonly fetchRows: () => Promise<Row[]>
  /** For who shows nothing: a row has arrived. */
  readonly onArrived: (row: Row) => void
}

type Look = QueryObserver<Row[], Error, Row[], Row[]>

const queryKey = ['rows']

function look(queryClient: QueryClient, options: Partial<QueryObserverOptions<Row[], Error, Row[], Row[]>>): Look {
  return new QueryObserver<Row[], Error, Row[], Row[]>(queryClient, { queryKey, ...options })
}

function replaced(rows: readonly Row[], row: Row): Row[] {
  return rows.with(
    rows.findIndex(({ id }) => id === row.id),
    row,
  )
}

/** The ways to apply each event to the rows that were fetched. */
export const patching: Record<string, (page: Page) => Look> = {
  'the events alone'({ client, queryClient, fetchRows, onArrived }) {
    client.subscribe('rows', { onEvent: ({ data }) => onArrived(data as Row) })
    return look(queryClient, { queryFn: fetchRows })
  },
  'setQueryData for each event'({ client, queryClient, fetchRows }) {
    client.subscribe('rows', {
      onEvent: ({ data }) => void queryClient.setQueryData<Row[]>(queryKey, (old) => old && replaced(old, data as Row)),
    })
    return look(queryClient, { queryFn: fetchRows })
  },
  streamedQuery({ client, queryClient, fetchRows }) {
    const queryFn = experimental_streamedQuery<Row | Row[], Row[]>({
      async *streamFn() {
        const subscription = client.subscribe('rows')
        yield await fetchRows()
        for await (const { data } of subscription) yield data as Row
      },
      initialValue: [],
      reducer: (old, next) => (Array.isArray(next) ? next : replaced(old, next)),
    })
    return look(queryClient, { queryFn })
  },
  'tidewire, upsertById'({ client, queryClient, fetchRows }) {
    syncQueryCache(queryClient, client)
    return look(
      queryClient,
      liveQueryOptions({ queryKey, queryFn: fetchRows }, { channel: 'rows', rules: { updated: upsertById() } }),
    )
  },
}

/** The ways to fetch anew for each event. */
export const fetching: Record<string, (page: Page) => Look> = {
  'invalidateQueries for each event'({ client, queryClient, fetchRows }) {
    client.subscribe('rows', { onEvent: () => void queryClient.invalidateQueries({ queryKey }) })
    return look(queryClient, { queryFn: fetchRows })
  },
  'the same, with cancelRefetch: false'({ client, queryClient, fetchRows }) {
    client.subscribe('rows', {
      onEvent: () => void queryClient.invalidateQueries({ queryKey }, { cancelRefetch: false }),
    })
    return look(queryClient, { queryFn: fetchRows })
  },
  "tidewire, 'invalidate'"({ client, queryClient, fetchRows }) {
    syncQueryCache(queryClient, client)
    return look(
      queryClient,
      liveQueryOptions({ queryKey, queryFn: fetchRows }, { channel: 'rows', rules: { updated: 'invalidate' } }),
    )
  },
}

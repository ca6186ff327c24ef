import type { QueryClient } from '@tanstack/query-core'
import type { SSEClient } from '@tidewire/client'
import type { ModelQuery } from './queries.ts'
import type { Shop } from './shop.ts'
import type { Change } from './steps.ts'

/** What changes are made by. */
export interface Changer {
  readonly shop: Shop
  readonly client: SSEClient
  readonly queryClient: QueryClient
  /** Whether rows have versions, and the page can do without its own echoes. */
  readonly isVersioned: boolean
}

/** Changes a row as TanStack's documents teach it: shown at once, and taken back where it fails. Several may be under way. */
export function mutate({ key, change }: ModelQuery, one: Change, changer: Changer): void {
  const { shop, client, queryClient, isVersioned } = changer
  const { delay, removes, outcome, cancels, settles } = one
  const id = String(one.row)
  // A removal is for everybody, as an older event of the row may wait behind the mutation.
  const isExcluded = isVersioned && one.isExcluded && !removes
  // Until it is answered, nobody can know of a change that nobody is told of: a page that is kept by then lacks it.
  const answersIn = isExcluded ? 0 : one.answersIn

  const mutation = queryClient.getMutationCache().build<number | undefined, Error, void, unknown>(queryClient, {
    mutationKey: key,
    async mutationFn() {
      await sleep(delay)
      if (outcome === 'refused') throw new Error('Not taken.')
      const isTold = !isExcluded || !shop.row(id)
      const origin = isTold ? undefined : client.headers()['Tidewire-Origin']
      const n = removes ? shop.remove(id) : shop.write(id, 0, origin).n
      if (answersIn > 0) await sleep(answersIn)
      if (outcome === 'lost') throw new Error('Nobody knows.')
      return n
    },
    async onMutate() {
      if (cancels) await queryClient.cancelQueries({ queryKey: key })
      const before = queryClient.getQueryData(key)
      queryClient.setQueryData(key, (old: unknown) =>
        change(old, id, (known) => (removes ? null : { id, n: known?.n ?? 0, isAhead: true })),
      )
      return before
    },
    onError: (_error, _variables, before) => void queryClient.setQueryData(key, before),
    onSuccess(n) {
      // Only versions tell whether an answer is older than what is shown; of a row that is gone, nothing does.
      if (n === undefined || removes || !isVersioned || (!isExcluded && !one.puts)) return
      queryClient.setQueryData(key, (old: unknown) =>
        change(old, id, (known) => ((known?.n ?? (isExcluded ? 0 : n)) < n ? { id, n } : known)),
      )
    },
    async onSettled() {
      const asked = settles === 'leave' ? undefined : queryClient.invalidateQueries({ queryKey: key })
      if (settles === 'await') await asked
      if (!isExcluded) return
      // Nobody tells the others. A first fetch goes on whoever asks for another one, unless it is given up.
      const predicate = ({ queryKey }: { queryKey: readonly unknown[] }) => queryKey !== key
      await queryClient.cancelQueries({ predicate })
      await queryClient.invalidateQueries({ predicate, refetchType: 'none' })
      void queryClient.refetchQueries({ predicate, type: 'active' })
    },
  })
  void mutation.execute().catch(() => {})
}

function sleep(time: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, time))
}

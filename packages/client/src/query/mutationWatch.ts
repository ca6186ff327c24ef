import { setAhead } from './cursors.ts'
import type { MutationEvent, QueryClientLike, QueryLike } from './queryClient.ts'

/** Watches the mutations of a query, those whose key begins with its own: what they show ahead of the server is to stay for as long. */
export class MutationWatch {
  readonly #query: QueryLike
  readonly #client: QueryClientLike
  /** Whether there is one. */
  isPending: boolean
  /** Whether one has failed: what was put back may be older than what had come since, or what another one shows ahead. */
  isUnsure = false

  constructor(query: QueryLike, client: QueryClientLike) {
    this.#query = query
    this.#client = client
    this.isPending = this.#look()
    this.mark()
  }

  /** Says so beside the data, for whoever gets them from a storage. */
  mark(): void {
    setAhead(this.#query, this.isPending)
  }

  /** Something has become of a mutation. Returns whether it was the last one. */
  onEvent({ mutation }: MutationEvent): boolean {
    const isPending = this.#look()
    this.isUnsure ||= this.isPending && mutation?.state.status === 'error'
    if (isPending === this.isPending) return false
    this.isPending = isPending
    this.mark()
    if (isPending) this.isUnsure = false
    return !isPending
  }

  #look(): boolean {
    return this.#client.isMutating({ mutationKey: this.#query.queryKey } as never) > 0
  }
}

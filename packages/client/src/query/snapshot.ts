import { CURSOR_HEADER, parsePosition } from '@tidewire/protocol'

const cursors = new WeakMap<object, string>()

/**
 * Reads the JSON of a response, and remembers the position that it came with (the header `X-SSE-Cursor`, which `hub.snapshot` sets): so
 * that `syncQueryCache` knows which events it holds already. Throws an `Error` for a status that is not 2xx.
 *
 * @example
 * queryFn: ({ signal }) => fetch(`/api/orders/${id}`, { signal }).then(readSnapshot<Order>)
 */
export async function readSnapshot<T>(response: Response): Promise<T> {
  if (!response.ok) throw new Error(`The server answered: ${response.status} ${response.statusText}`.trim())
  const data: unknown = await response.json()
  const cursor = response.headers.get(CURSOR_HEADER)
  if (cursor !== null) tagSnapshot(data, cursor)
  return data as T
}

/** Remembers the position of what was fetched. What is no object has no place for it. */
export function tagSnapshot(data: unknown, cursor: string): void {
  if (typeof data === 'object' && data !== null && parsePosition(cursor)) cursors.set(data, cursor)
}

/** The position of what was fetched. */
export function cursorOf(data: unknown): string | undefined {
  return typeof data === 'object' && data !== null ? cursors.get(data) : undefined
}

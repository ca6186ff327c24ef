import { CURSOR_HEADER } from '@tidewire/protocol'

/** What was read of a database, and from which position on a channel tells of changes of it. */
export interface SSESnapshot<T> {
  readonly data: T
  /** Everything that was published up to there is in the data. */
  readonly cursor: string
  /**
   * Answers with the data as JSON, and with the position as `X-SSE-Cursor`. It may be kept by the reader's own cache, which asks each time
   * (`Cache-Control: private, no-cache`), unless `init` says otherwise: an old answer has its old position.
   */
  toResponse: (init?: ResponseInit) => Response
}

/** Reads data after the head of the log was read, so that no event is between the two. */
export async function readSnapshot<T>(
  head: () => Promise<string>,
  load: () => T | Promise<T>,
): Promise<SSESnapshot<T>> {
  const cursor = await head()
  const data = await load()
  return {
    data,
    cursor,
    toResponse(init) {
      const headers = new Headers(init?.headers)
      headers.set(CURSOR_HEADER, cursor)
      // A page of another origin may read it too.
      headers.append('Access-Control-Expose-Headers', CURSOR_HEADER)
      if (!headers.has('Cache-Control')) headers.set('Cache-Control', 'private, no-cache')
      return Response.json(data, { ...init, headers })
    },
  }
}

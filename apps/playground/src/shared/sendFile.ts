import { ask, askWith } from './ask.ts'
import type { Failure, UploadResult } from './contract.ts'
import { shortNameOf } from './fileName.ts'
import { LOST, type UploadEvent } from './upload.ts'

/** How fast the server may be asked to read. On one machine a file is gone before its bar is seen. */
export const rates: readonly { label: string; maxRate: number }[] = [
  { label: 'As fast as it goes', maxRate: 0 },
  { label: '50 MiB/s', maxRate: 50 * 2 ** 20 },
  { label: '10 MiB/s', maxRate: 10 * 2 ** 20 },
  { label: '1 MiB/s', maxRate: 2 ** 20 },
]

// How long an announced file waits for its progress stream, in milliseconds. It is sent in any case: to be seen is good,
// to arrive is better.
const MAX_WAIT = 1000

export interface SendOptions {
  /** Bytes per second that the server reads at most; 0 for as fast as it can. */
  maxRate: number
}

/** A file on its way. */
export interface Sending {
  /** Lets the announced file go, because its progress is followed, or cannot be. */
  begin(): void
  cancel(): void
}

/** Sends a file and tells what comes of it. */
export function sendFile(file: File, { maxRate }: SendOptions, dispatch: (event: UploadEvent) => void): Sending {
  const aborter = new AbortController()
  const { signal } = aborter
  const begun = Promise.withResolvers<void>()
  let url: string | undefined

  async function send(): Promise<void> {
    const { id } = await askWith<{ id: string }>('/api/uploads', { size: file.size }, { signal })
    url = `/api/uploads/${id}`
    dispatch({ type: 'announced', id })
    const timer = setTimeout(begun.resolve, MAX_WAIT)
    await begun.promise
    clearTimeout(timer)
    const query = maxRate > 0 ? `?maxRate=${maxRate}` : ''
    const result = await ask<UploadResult>(url + query, { method: 'PUT', body: file, signal })
    dispatch({ type: 'done', result })
  }

  function cancel(): void {
    if (signal.aborted) return
    aborter.abort()
    // Said as well as done: behind a slow reader, a closed connection is noticed late.
    if (url) fetch(url, { method: 'DELETE', keepalive: true }).catch(() => {})
    dispatch({ type: 'cancel' })
  }

  addEventListener('pagehide', cancel)
  send()
    .catch(async (error: unknown) => {
      if (signal.aborted) return
      const failure = await toFailure(error, file)
      if (!signal.aborted) dispatch({ type: 'failed', failure })
    })
    .finally(() => {
      removeEventListener('pagehide', cancel)
      // Nothing is left to cancel.
      aborter.abort()
    })
  return { begin: begun.resolve, cancel }
}

async function toFailure(error: unknown, file: File): Promise<Failure> {
  const { code, message } = error as Partial<Failure>
  if (typeof code === 'string' && typeof message === 'string') return { code, message }
  // `fetch` fails in the same way whether the server is gone or the file.
  const canRead = await file
    .slice(0, 1)
    .arrayBuffer()
    .then(() => true)
    .catch(() => false)
  if (canRead) return { code: LOST, message: 'The connection to the server was lost, so the upload has stopped.' }
  const reason = 'It may have been changed, moved or deleted since it was chosen.'
  return { code: 'unreadable', message: `“${shortNameOf(file)}” can no longer be read. ${reason}` }
}

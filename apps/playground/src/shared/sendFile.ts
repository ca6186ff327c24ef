import type { Failure, UploadResult } from './contract.ts'
import { LOST, type UploadAction } from './upload.ts'

/** How fast the server may be asked to read. On one machine a file is gone before its bar is seen. */
export const rates: readonly { label: string; maxRate: number }[] = [
  { label: 'As fast as it goes', maxRate: 0 },
  { label: '50 MiB/s', maxRate: 50 * 2 ** 20 },
  { label: '10 MiB/s', maxRate: 10 * 2 ** 20 },
  { label: '1 MiB/s', maxRate: 2 ** 20 },
]

export interface SendOptions {
  /** Bytes per second that the server reads at most; 0 for as fast as it can. */
  maxRate: number
}

/** Sends a file and dispatches what comes of it. Returns a function that cancels. */
export function sendFile(file: File, { maxRate }: SendOptions, dispatch: (action: UploadAction) => void): () => void {
  const aborter = new AbortController()
  const { signal } = aborter
  let url: string | undefined

  async function send(): Promise<void> {
    const { id } = await ask<{ id: string }>('/api/uploads', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ size: file.size }),
      signal,
    })
    url = `/api/uploads/${id}`
    dispatch({ type: 'announced', id })
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

  dispatch({ type: 'send', file })
  addEventListener('pagehide', cancel)
  send()
    .catch((error: unknown) => {
      if (!signal.aborted) dispatch({ type: 'failed', failure: toFailure(error) })
    })
    .finally(() => {
      removeEventListener('pagehide', cancel)
      // Nothing is left to cancel.
      aborter.abort()
    })
  return cancel
}

/** Makes a request. Throws the server's failure with its code, or an error without one where there is no answer. */
async function ask<T>(url: string, init: RequestInit): Promise<T> {
  const response = await fetch(url, init)
  const body = (await response.json()) as T & Partial<Failure>
  if (!response.ok) throw Object.assign(new Error(body.message), { code: body.code })
  return body
}

function toFailure(error: unknown): Failure {
  const { code, message } = error as Partial<Failure>
  if (typeof code === 'string' && typeof message === 'string') return { code, message }
  return { code: LOST, message: 'The connection to the server was lost, so the upload has stopped.' }
}

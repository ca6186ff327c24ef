import { SSEError } from '@tidewire/protocol'
import type { Attempt, Entry } from '../connect.ts'
import { refusalOf } from './refusal.ts'

/** Reads an `EventSource` until it has lost its connection. Resolves with how that was; never rejects. */
export function readSource(
  attempt: Attempt,
  names: ReadonlySet<string>,
  locate: () => Promise<URL>,
): Promise<SSEError> {
  const { options, signal } = attempt
  const { connectTimeout = 30_000, maxEventSize = 2 ** 24 } = options
  return new Promise((resolve) => {
    const over = new AbortController()
    let source: EventSource | undefined
    let timer: ReturnType<typeof setTimeout> | undefined
    let isOpen = false
    let position = ''

    const end = (error: SSEError) => {
      clearTimeout(timer)
      signal.removeEventListener('abort', onAbort)
      over.abort()
      source?.close()
      resolve(error)
    }
    const onAbort = () => end(new SSEError('closed', 'It is not wanted any more.'))

    const watch = (limit: number) => {
      clearTimeout(timer)
      const lose = () => end(new SSEError('timeout', `The server was silent for ${limit} ms.`))
      // A longer timeout than this would fire at once.
      if (limit > 0 && limit < 2 ** 31) timer = setTimeout(lose, limit)
    }

    const receive = (entry: Entry) => {
      try {
        attempt.receive([entry])
        // Comments are not heard: only the user can say how long a server may be silent.
        if (!over.signal.aborted) watch(options.heartbeat ? attempt.silence : Infinity)
      } catch (cause) {
        end(cause instanceof SSEError ? cause : new SSEError('network', 'The connection failed.', { cause }))
      }
    }

    const onMessage = ({ type, data, lastEventId }: MessageEvent<string>) => {
      // It tells the last id with each event, be it that event's own or not.
      const moved = lastEventId === position ? {} : { id: lastEventId }
      position = lastEventId
      if (data.length <= maxEventSize) return receive({ ...moved, event: type, data })
      const error = new SSEError('too-large', `Expected at most ${maxEventSize} characters.`)
      receive({ ...moved, event: type, error })
    }

    const connect = (url: URL) => {
      if (over.signal.aborted) return
      const events = (source = new EventSource(url, { withCredentials: options.credentials === 'include' }))
      const listen = (name: string, onSignal?: () => void) =>
        events.addEventListener(name, (event) => {
          if (over.signal.aborted) return
          // The server's event, or the platform's of the same name.
          if (!('data' in event)) onSignal?.()
          else if (names.has(name)) onMessage(event as MessageEvent<string>)
        })
      listen('open', () => {
        isOpen = true
        receive({ open: 'eventsource' })
      })
      listen('error', () => {
        const isRefused = !isOpen && events.readyState === EventSource.CLOSED
        // Else it would come back by itself.
        events.close()
        if (isRefused) void refusalOf(url, options, over.signal).then(end)
        else if (isOpen) end(new SSEError('disconnected', 'The server ended the stream.'))
        else end(new SSEError('network', 'The connection failed.'))
      })
      for (const name of names) if (name !== 'open' && name !== 'error') listen(name)
    }

    if (signal.aborted) return onAbort()
    signal.addEventListener('abort', onAbort)
    watch(connectTimeout)
    locate()
      .then(connect)
      .catch((cause: unknown) => {
        end(
          cause instanceof SSEError ? cause : new SSEError('invalid-request', 'The request cannot be made.', { cause }),
        )
      })
  })
}

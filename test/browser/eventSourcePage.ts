import { createEventStream, type EventStream, type EventStreamOptions, isSSEError } from '@tidewire/client'
import { eventSource, type EventSourceOptions } from '@tidewire/client/eventsource'

/** What a test says of a stream, from outside of the page. */
export interface Scenario {
  readonly url: string
  readonly options?: object | undefined
  readonly events?: EventSourceOptions['events']
  /** What `onUnauthorized` does to the URL that the stream is resolved to. */
  readonly renewed?: string | undefined
  /** Whether `resolveURL` fails at first. */
  readonly failsFirst?: boolean | undefined
}

/** A stream as it is now. */
export interface Shown {
  readonly log: readonly string[]
  readonly state: Record<string, unknown>
}

let stream: EventStream | undefined
const log: string[] = []

/** Follows a stream, instead of the one before. */
export function follow({ url, options, events, renewed, failsFirst }: Scenario): void {
  stream?.close()
  log.length = 0
  let target = url
  let isFailing = failsFirst
  const given: EventStreamOptions = { retry: { delay: 10, jitter: 'none' }, ...options }
  stream = createEventStream(url, {
    ...given,
    transport: eventSource(events ? { events } : {}),
    ...((renewed !== undefined || failsFirst) && {
      resolveURL: () => {
        if (isFailing) {
          isFailing = false
          throw new Error('not yet')
        }
        return target
      },
    }),
    ...(renewed !== undefined && {
      onUnauthorized: () => {
        target = renewed
      },
    }),
    onOpen: () => void log.push('open'),
    onEvent: ({ event, data }) => void log.push(`${event}:${JSON.stringify(data)}`),
    onGap: ({ reason }) => void log.push(`gap:${reason}`),
    onError: ({ code }) => void log.push(`error:${code}`),
    onClose: (reason) => void log.push(`close:${reason}`),
  })
}

/** Shows the stream. */
export function show(): Shown {
  const { status, transport, lastEventId, error, closeReason, nextRetryAt } = stream ?? {}
  const told = isSSEError(error) ? { code: error.code, status: error.status, field: error.field } : undefined
  const delay = nextRetryAt === undefined ? undefined : nextRetryAt - Date.now()
  return { log: [...log], state: { status, transport, lastEventId, closeReason, error: told, delay } }
}

/** Ends the stream. */
export function close(): void {
  stream?.close()
}

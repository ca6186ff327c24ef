import { createEventStream, type EventStream, type EventStreamOptions, type StreamURL } from '@tidewire/client'

/** A stream, and what it has told so far. */
export interface Followed {
  readonly stream: EventStream
  /** `open`, `event:payload`, `unknown:event`, `error:code`, `gap:reason` and `close:reason`, in order. */
  readonly log: string[]
  /** Resolves once an entry of that kind is in the log. */
  until: (entry: string) => Promise<void>
}

/** Creates a stream that writes down what it tells. The callbacks of `options` are called after that. */
export function follow(url: StreamURL, options: EventStreamOptions = {}): Followed {
  const log: string[] = []
  const waiting = new Set<() => void>()
  const write = (entry: string) => {
    log.push(entry)
    for (const check of waiting) check()
  }
  const stream = createEventStream(url, {
    ...options,
    onOpen() {
      write('open')
      options.onOpen?.()
    },
    onEvent(event) {
      write(`${event.event}:${typeof event.data === 'string' ? event.data : JSON.stringify(event.data)}`)
      options.onEvent?.(event)
    },
    onUnknownEvent(event) {
      write(`unknown:${event.event}`)
      options.onUnknownEvent?.(event)
    },
    onGap(gap) {
      write(`gap:${gap.reason}`)
      options.onGap?.(gap)
    },
    onError(error) {
      write(`error:${error.code}`)
      options.onError?.(error)
    },
    onClose(reason) {
      write(`close:${reason}`)
      options.onClose?.(reason)
    },
  })
  return {
    stream,
    log,
    until: (entry) =>
      new Promise((resolve) => {
        const check = () => {
          if (!log.some((line) => line === entry || line.startsWith(`${entry}:`))) return
          waiting.delete(check)
          resolve()
        }
        waiting.add(check)
        check()
      }),
  }
}

import {
  createSSEStream,
  type SSEEvent,
  type SSESession,
  type SSEStream,
  type SSEStreamOptions,
} from '@tidewire/server'
import type { Observation } from './observation.ts'
import type { Call } from './route.ts'

/** The options of an observed stream: both signals that may end it, and an `onError` that takes notes. */
export function observedOptions({ request, observation, shutdown }: Call): SSEStreamOptions {
  return {
    request,
    signal: shutdown,
    heartbeat: false,
    onError: (error, { stage }) => void observation.errors.push(`${stage}: ${error.code}`),
  }
}

/** Observes a session. */
export function observeSession(session: Pick<SSESession, 'onClose' | 'signal'>, observation: Observation): void {
  observation.sessions++
  session.onClose(() => {
    observation.sessions--
    observation.closes++
  })
  session.signal.addEventListener('abort', () => void observation.aborts++)
}

/** Makes a stream whose session is observed. */
export function observedStream(
  call: Call,
  source: (
    session: SSESession,
  ) => AsyncIterable<SSEEvent> | Promise<ReadableStream<SSEEvent> | void> | (() => unknown) | void,
  options: SSEStreamOptions = {},
): SSEStream {
  return createSSEStream(
    (session) => {
      observeSession(session, call.observation)
      return source(session)
    },
    { ...observedOptions(call), ...options },
  )
}

/** Makes a stream of a generator that is observed. */
export function generatorStream(
  call: Call,
  generate: (session: SSESession) => AsyncIterable<SSEEvent>,
  options?: SSEStreamOptions,
): SSEStream {
  const { observation } = call
  return observedStream(
    call,
    async function* (session) {
      observation.running++
      try {
        for await (const event of generate(session)) {
          observation.produced++
          yield event
        }
      } finally {
        observation.running--
        observation.finished++
      }
    },
    options,
  )
}

/** Makes a stream of an async callback that is observed. */
export function callbackStream(
  call: Call,
  run: (session: SSESession) => Promise<unknown>,
  options?: SSEStreamOptions,
): SSEStream {
  const { observation } = call
  return observedStream(
    call,
    async (session) => {
      observation.running++
      try {
        await run(session)
      } finally {
        observation.running--
        observation.finished++
      }
    },
    options,
  )
}

/**
 * Waits until the case has released its source so many times, or the signal aborts. It looks again and again: workerd lets
 * no request wake another.
 */
export async function released({ observation }: Call, times: number, signal?: AbortSignal): Promise<void> {
  const isOver = () => observation.releases >= times || signal?.aborted
  while (!isOver()) await new Promise((resolve) => setTimeout(resolve, 2))
}

/** Waits for a signal to abort. */
export function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
}

/** The heartbeat that a host needs to notice that a reader has left; none where it notices by itself. */
export function heartbeatOf({ query }: Call): { heartbeat: number | false } {
  return { heartbeat: Number(query.get('heartbeat')) || false }
}

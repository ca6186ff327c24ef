import { describeValue } from './describeValue.ts'
import type { Known } from './expectKnown.ts'
import type { MapFailure } from './mapFailure.ts'
import { ProgressReporter } from './progressReporter.ts'
import { type ProgressTask, TASK_FAILED } from './progressTask.ts'
import type { Session } from './session.ts'
import { SourceStream } from './sourceStream.ts'
import type { SSEStream } from './sseStream.ts'
import type { SSEStreamOptions } from './sseStreamOptions.ts'
import { resolveSettings } from './streamSettings.ts'

/** Options of `createProgressStream`: those of `createSSEStream`, with errors that the reader may be told about. */
export interface ProgressStreamOptions extends Omit<SSEStreamOptions, 'events' | 'until' | 'mapError'> {
  /**
   * Maps what the task threw to what the reader is told; undefined, or a code that is no string, for the default. Called
   * once, when the task fails, also where its reader has left before. A failure that it has a code for was foreseen: it
   * reaches `onError` only where that is given, not the console.
   *
   * @default the code `internal`, the message `The task failed.`
   */
  mapError?: MapFailure | undefined
}

const OPTIONS: Known<ProgressStreamOptions> = {
  request: true,
  signal: true,
  prepare: true,
  accept: true,
  heartbeat: true,
  retry: true,
  timeout: true,
  maxBufferSize: true,
  headers: true,
  bye: true,
  mapError: true,
  onError: true,
}

/**
 * Makes an event stream that runs a task and follows its progress: `progress` events, then `complete` with its result, or
 * `error` with a code and a message. Then it ends as complete, in both cases: a reader does not run the task again.
 *
 * A native `EventSource` does not know `sse.bye`: it comes back after every end, and its request runs the task again.
 * Follow a task with Tidewire's client, or start it by one request, follow it by another, and answer that with 204 once
 * the task has finished: an `EventSource` stops then.
 *
 * A slow reader gets the newest state, not a queue of old ones; the last state is always sent, also where the task has
 * just begun again. A result that has no JSON form fails the task.
 *
 * When the reader leaves, or a `signal` ends the stream, the task's own signal aborts. What the task reports or returns
 * after that goes nowhere; what it throws then reaches `onError` with stage `cleanup`, unless it is the abort.
 *
 * @example
 * createProgressStream(async (update, { signal }) => {
 *   for (const [index, image] of images.entries()) {
 *     update({ loaded: index, total: images.length, message: `Resizing ${image.name}` })
 *     await resize(image, signal)
 *   }
 *   return { resized: images.length }
 * }, { request }).toResponse()
 *
 * @throws {TypeError} for an option that makes no sense.
 */
export function createProgressStream<R>(task: ProgressTask<R>, options: ProgressStreamOptions = {}): SSEStream {
  if (typeof task !== 'function') throw new TypeError(`Expected \`task\` to be a function, got ${describeValue(task)}.`)
  const settings = resolveSettings(options, 'a progress stream', OPTIONS)
  return new SourceStream((session) => runTask(task, session), settings)
}

async function runTask<R>(task: ProgressTask<R>, session: Session): Promise<void> {
  const reporter = new ProgressReporter<R>({
    offer: (event) => !session.isStalled && session.write(event),
    send: (event) => session.send(event),
  })
  session.onClose(() => reporter.stop())
  const { update, restart } = reporter
  try {
    const result = await task(update, { signal: session.signal, restart })
    await reporter.end({ event: 'complete', data: { result } })
  } catch (error) {
    if (session.isClosed) throw error
    const { code, message = TASK_FAILED } = session.reportFailure(error)
    await reporter.end({ event: 'error', data: { code, message } })
  }
}

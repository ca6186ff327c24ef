import { describeValue } from './describeValue.ts'
import type { ProgressEvents, ProgressTask, ProgressUpdate, UpdateProgress } from './progressEvents.ts'
import { ProgressState } from './progressState.ts'
import type { Session } from './session.ts'
import { SourceStream } from './sourceStream.ts'
import type { SSEEvent } from './sseEvent.ts'
import type { SSEStream } from './sseStream.ts'
import type { SSEStreamOptions } from './sseStreamOptions.ts'
import { resolveSettings } from './streamSettings.ts'
import { Throttle } from './throttle.ts'

/** Options of `createProgressStream`: those of `createSSEStream`, with errors that the reader may be told about. */
export interface ProgressStreamOptions extends Omit<SSEStreamOptions, 'events' | 'until' | 'mapError'> {
  /**
   * Maps what the task threw to what the reader is told; undefined for the default. Called once, when the task fails.
   *
   * @default the code `internal`, the message `The task failed.`
   */
  mapError?: ((error: unknown) => { code: string; message?: string | undefined } | undefined) | undefined
}

/** The most often that progress is sent, in milliseconds. */
const INTERVAL = 50

/**
 * Makes an event stream that runs a task and follows its progress: `progress` events, then `complete` with its result, or
 * `error` with a code and a message. Then it ends as complete, in both cases: a reader does not run the task again.
 *
 * A native `EventSource` does not know `sse.bye`: it comes back after every end, and its request runs the task again.
 * Follow a task with Tidewire's client, or start it by one request, follow it by another, and answer that with 204 once
 * the task has finished: an `EventSource` stops then.
 *
 * A slow reader gets the newest state, not a queue of old ones; the last state is always sent. A result that has no JSON
 * form fails the task.
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
  return new SourceStream((session) => runTask(task, session), resolveSettings(options))
}

async function runTask<R>(task: ProgressTask<R>, session: Session): Promise<void> {
  const state = new ProgressState()
  const progress = () => ({ event: 'progress', data: state.at(performance.now()) })
  const throttle = new Throttle(() => !session.isStalled && session.write(progress()), INTERVAL)
  session.onClose(() => throttle.stop())
  const update: UpdateProgress = (reported: number | ProgressUpdate, message?: string) => {
    state.update(typeof reported === 'number' ? { percent: reported, message } : reported)
    throttle.request()
  }
  const end = async (event: SSEEvent<Omit<ProgressEvents<R>, 'progress'>>) => {
    if (throttle.stop()) await session.send(progress())
    await session.send(event)
  }
  try {
    await end({ event: 'complete', data: { result: await task(update, { signal: session.signal }) } })
  } catch (error) {
    if (session.isClosed) throw error
    void session.report(error, 'source')
    const { code, message = 'The task failed.' } = session.describeFailure(error)
    await end({ event: 'error', data: { code, message } })
  }
}

import type { Sink, Writer } from './sink.ts'
import { WebSink } from './webSink.ts'

/**
 * What feeds a web stream: a writer, which starts when the stream is first read and is aborted when it is cancelled. Where
 * that comes first, `forget` is called instead, with a sink that is closed.
 */
export function webSource(
  start: (sink: Sink) => Writer,
  forget?: (sink: Sink) => void,
): UnderlyingDefaultSource<Uint8Array<ArrayBuffer>> {
  const sink = new WebSink()
  let writer: Writer | undefined
  return {
    pull(controller) {
      const written = sink.pull(controller)
      if (writer) writer.wake()
      else {
        writer = start(sink)
        sink.open()
      }
      return written
    },
    cancel() {
      sink.cancel()
      if (writer) writer.abort()
      else forget?.(sink)
    },
  }
}

/** Nothing is produced before it is asked for: the writer decides what is buffered. */
export const UNBUFFERED: QueuingStrategy = { highWaterMark: 0 }

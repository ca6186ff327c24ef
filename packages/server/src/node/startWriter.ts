import type { ServerResponse } from 'node:http'
import type { Sink, Writer } from '../sink.ts'
import { CompressedSink } from './compressedSink.ts'
import type { Compressor } from './compressor.ts'
import { ResponseSink } from './responseSink.ts'
import { watchStall } from './watchStall.ts'

/** Starts what writes to a response whose head was sent, and ends it when the response closes. */
export function startWriter<W extends Writer>(
  response: ServerResponse,
  start: (sink: Sink) => W,
  compressor?: Compressor,
): W {
  const sink = compressor ? new CompressedSink(response, compressor) : new ResponseSink(response)
  const writer = start(sink)
  const onDrain = () => {
    sink.drain()
    writer.wake()
  }
  response.on('drain', onDrain)
  compressor?.on('drain', onDrain)
  // It comes once: `once` would keep two more objects for each connection.
  response.on('close', () => writer.abort())
  watchStall(response)
  return writer
}

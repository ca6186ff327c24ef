import type { ServerResponse } from 'node:http'
import { type Compressor, cutOffFlushed } from './compressor.ts'
import { cutOff, isOver, writeTo } from './nodeResponse.ts'

/**
 * Writes any stream of bytes to a response, or to its compressor, as fast as it drains, and cancels it when the response
 * closes.
 */
export async function pumpStream(
  stream: ReadableStream<Uint8Array>,
  response: ServerResponse,
  compressor?: Compressor,
): Promise<void> {
  const body = compressor ?? response
  const reader = stream.getReader()
  let drained = Promise.withResolvers<void>()
  body.on('drain', () => drained.resolve())
  response.once('close', () => {
    drained.resolve()
    reader.cancel().catch(() => {})
  })
  try {
    for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) {
      if (writeTo(body, chunk.value) || isOver(response)) continue
      drained = Promise.withResolvers<void>()
      await drained.promise
    }
    body.end()
  } catch (error) {
    if (compressor) await cutOffFlushed(compressor, response)
    else cutOff(response)
    throw error
  }
}

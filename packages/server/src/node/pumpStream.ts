import type { ServerResponse } from 'node:http'
import { cutOff, isOver, writeTo } from './nodeResponse.ts'

/** Writes any stream of bytes to a response as fast as it drains, and cancels it when the response closes. */
export async function pumpStream(stream: ReadableStream<Uint8Array>, response: ServerResponse): Promise<void> {
  const reader = stream.getReader()
  let drained = Promise.withResolvers<void>()
  response.on('drain', () => drained.resolve())
  response.once('close', () => {
    drained.resolve()
    reader.cancel().catch(() => {})
  })
  try {
    for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) {
      if (writeTo(response, chunk.value) || isOver(response)) continue
      drained = Promise.withResolvers<void>()
      await drained.promise
    }
    response.end()
  } catch (error) {
    cutOff(response)
    throw error
  }
}

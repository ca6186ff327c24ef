import { OutgoingMessage, type ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

/**
 * The socket of a response that may be written to around `response.write`, which makes four buffers of each chunk and
 * corks them: half of what a small chunk costs. Asked before each write; undefined where the response has to do it.
 *
 * That is: over HTTP/2, whose socket is not the response's; for a body that is not chunked (HTTP/1.0, Bun); where
 * middleware has replaced `write`, to compress say; while another response is on its way (pipelining) or this one is
 * corked; and after the end.
 */
export function directSocket(response: ServerResponse): Socket | undefined {
  if (!response.chunkedEncoding || response.write !== OutgoingMessage.prototype.write) return undefined
  const { socket } = response
  return socket?.writable && response.writableCorked === 0 && !response.writableEnded ? socket : undefined
}

/** Makes a chunk of the chunked transfer coding. RFC 9112, section 7.1. */
export function toChunk(text: string): string {
  return `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`
}

import type { ServerResponse } from 'node:http'
import { cutOff } from './nodeResponse.ts'

/** How often is looked whether readers take what waits for them, in milliseconds. */
const INTERVAL = 30_000

/** How often in a row a reader may have taken nothing. */
const MAX_STALLS = 4

interface Stall {
  /** How many bytes had left when it was noticed. */
  readonly sent: number
  count: number
}

const watched = new Set<ServerResponse>()
const stalls = new Map<ServerResponse, Stall>()
let timer: ReturnType<typeof setInterval> | undefined

/**
 * Cuts a response off whose reader takes nothing of what waits for it for two minutes: it has stopped reading, or its
 * connection is half-open, of which nobody would ever tell. One timer serves all responses.
 */
export function watchStall(response: ServerResponse): void {
  watched.add(response)
  timer ??= setInterval(look, INTERVAL)
  response.on('close', () => {
    watched.delete(response)
    stalls.delete(response)
    if (watched.size > 0) return
    clearInterval(timer)
    timer = undefined
  })
}

function look(): void {
  for (const response of watched) {
    const { socket, writableLength } = response
    if (!socket || writableLength === 0) {
      stalls.delete(response)
      continue
    }
    // Both count what waits in the socket, so that the rest is what the system has taken.
    const sent = socket.bytesWritten - socket.writableLength
    const stall = stalls.get(response)
    if (stall?.sent !== sent) stalls.set(response, { sent, count: 1 })
    else if (++stall.count >= MAX_STALLS) cutOff(response)
  }
}

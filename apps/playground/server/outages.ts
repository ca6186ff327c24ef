import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

/** Lost networks, one for each victim. */
export interface Outages {
  /** Takes note of a stream of a victim's. Returns false where its network is lost: then the connection is gone. */
  admit(victim: object, req: IncomingMessage, res: ServerResponse): boolean
  /** Cuts all streams of a victim, and those that it tries to open for a while. */
  begin(victim: object): void
}

/**
 * Makes outages of `time` milliseconds. Sockets are destroyed, rather than requests answered with 503: so it is with a lost
 * network, and after an answer that is no stream a native `EventSource` never comes back.
 */
export function createOutages(time: number): Outages {
  const sockets = new WeakMap<object, Set<Socket>>()
  const ends = new WeakMap<object, number>()
  return {
    admit(victim, { socket }, res) {
      if (performance.now() < (ends.get(victim) ?? 0)) {
        socket.destroy()
        return false
      }
      const open = sockets.get(victim) ?? new Set()
      sockets.set(victim, open.add(socket))
      res.once('close', () => open.delete(socket))
      return true
    },
    begin(victim) {
      ends.set(victim, performance.now() + time)
      for (const socket of [...(sockets.get(victim) ?? [])]) socket.destroy()
    },
  }
}

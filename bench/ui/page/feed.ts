import { blockOf, payloadOf } from '../tick.ts'
import { total } from './record.ts'

/** Takes the events from one number to the next. */
type Take = (from: number, to: number) => void

/**
 * Stands in for the network, which brings as many events in a task as it likes: `fetch` and `EventSource` are replaced, and the
 * returned function brings all events, so many in each task.
 */
export function replaceNetwork(): (perTask: number) => void {
  const encoder = new TextEncoder()
  // Made before the clock runs, as by a server.
  const payloads = Array.from({ length: total }, (_, n) => payloadOf(n))
  const blocks = Array.from({ length: total }, (_, n) => blockOf(n))
  let take: Take = () => {
    throw new Error('Nobody follows the stream.')
  }

  globalThis.fetch = async () => {
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        take = (from, to) => controller.enqueue(encoder.encode(blocks.slice(from, to).join('')))
      },
    })
    return new Response(body, { headers: { 'Content-Type': 'text/event-stream' } })
  }

  class FedSource extends EventTarget {
    constructor() {
      super()
      take = (from, to) => {
        for (let n = from; n < to; n++) {
          this.dispatchEvent(new MessageEvent('tick', { data: payloads[n] ?? '', lastEventId: String(n) }))
        }
      }
    }
    close(): void {}
  }
  Object.assign(globalThis, { EventSource: FedSource })

  return (perTask) => {
    const { port1, port2 } = new MessageChannel()
    let n = 0
    port1.addEventListener('message', () => {
      take(n, (n += perTask))
      if (n < total) port2.postMessage(null)
    })
    port1.start()
    port2.postMessage(null)
  }
}

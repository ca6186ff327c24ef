import { contenders } from './contenders.ts'

/** Reads so many events, which lie ready in chunks, and says how long that took. */
const [name = '', count = '0'] = process.argv.slice(2)
const total = Number(count)
const CHUNK = 64 * 1024

const encoder = new TextEncoder()
const events = Array.from(
  { length: total },
  (_, n) => `event: tick\nid: ${n}\ndata: ${JSON.stringify({ n, text: 'x'.repeat(60) })}\n\n`,
)
const bytes = encoder.encode(events.join(''))

function answer(): Promise<Response> {
  let at = 0
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      // The end is never said: nobody is to reconnect.
      if (at >= bytes.length) return new Promise(() => {})
      controller.enqueue(bytes.subarray(at, (at += CHUNK)))
      return undefined
    },
  })
  return Promise.resolve(new Response(body, { headers: { 'Content-Type': 'text/event-stream' } }))
}

let seen = 0
const begin = performance.now()
const before = process.cpuUsage()
contenders[name]?.(answer, () => {
  if (++seen < total) return
  const { user, system } = process.cpuUsage(before)
  process.send?.({ time: performance.now() - begin, cpu: user + system }, () => process.exit(0))
})

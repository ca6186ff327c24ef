import { contenders } from './contenders.ts'

/** Reads so many events, which lie ready in chunks, and says how long that took once it was warm. */
const [name = '', count = '0'] = process.argv.slice(2)
const total = Number(count)
const CHUNK = 64 * 1024
/** How many different events there are. They come again and again, so that what lies ready does not fill the memory. */
const BLOCK = 50_000

const bytes = Buffer.concat(
  Array.from({ length: BLOCK }, (_, n) =>
    Buffer.from(`event: tick\nid: ${n}\ndata: ${JSON.stringify({ n, text: 'x'.repeat(60) })}\n\n`),
  ),
)

function answer(): Promise<Response> {
  let at = 0
  let blocks = Math.ceil((2 * total) / BLOCK)
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      // The end is never said: nobody is to reconnect.
      if (blocks === 0) return new Promise(() => {})
      controller.enqueue(bytes.subarray(at, (at += CHUNK)))
      if (at < bytes.length) return undefined
      at = 0
      blocks--
      return undefined
    },
  })
  return Promise.resolve(new Response(body, { headers: { 'Content-Type': 'text/event-stream' } }))
}

// As many before as are counted: what the engine does once for code that runs often is no cost of an event.
let seen = -total
let begin = 0
let before: NodeJS.CpuUsage
contenders[name]?.(answer, () => {
  seen++
  if (seen === 0) {
    // What was made ready is no garbage of the contender's.
    globalThis.gc?.()
    before = process.cpuUsage()
    begin = performance.now()
  } else if (seen === total) {
    const { user, system } = process.cpuUsage(before)
    process.send?.({ time: performance.now() - begin, cpu: user + system }, () => process.exit(0))
  }
})

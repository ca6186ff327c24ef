import { once } from 'node:events'
import { connect } from 'node:net'
import type { Phase, Received } from './phase.ts'
import { DIGITS, MARK, now } from './stamp.ts'

// Run by run.ts: many connections that count events, at far less than it costs to send them.
const [path = ''] = process.argv.slice(2)
const [port, ackPort, count, stalled] = process.argv.slice(3).map(Number) as [number, number, number, number]
const REQUEST = `GET ${path} HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n\r\n`
const CODE = MARK.charCodeAt(0)
/** How many connections open at a time. */
const OPENING = 200
/** How many connections look at the time of each event. */
const WATCHED = 10
const control = connect(ackPort, '127.0.0.1').setNoDelay()
// One for all: what is read is looked at before anything else is.
const buffer = Buffer.alloc(64 * 1024)

let events = 0
let quantum = Infinity
let next = Infinity
let delays: number[] = []
let onFirst: (() => void) | undefined

function read(size: number, isWatched: boolean): boolean {
  const bytes = buffer.subarray(0, size)
  for (let at = bytes.indexOf(CODE); at >= 0; at = bytes.indexOf(CODE, at + 1)) {
    events++
    if (!isWatched || at + DIGITS >= size) continue
    delays.push((now() - Number(bytes.toString('latin1', at + 1, at + 1 + DIGITS))) / 1000)
  }
  for (; events >= next; next += quantum) control.write('.')
  if (events > 0 && onFirst) onFirst()
  return true
}

async function open(index: number): Promise<void> {
  const isWatched = index % Math.ceil(count / WATCHED) === 0
  const isStalled = index >= count
  const socket = connect({
    port,
    host: '127.0.0.1',
    ...(!isStalled && { onread: { buffer, callback: (size: number) => read(size, isWatched) } }),
  })
  socket.on('error', () => {})
  await once(socket, 'connect')
  socket.write(REQUEST)
}

async function take({ duration, turns, perTurn, rate }: Phase): Promise<() => Promise<Received>> {
  events = 0
  delays = []
  next = quantum = rate > 0 ? Infinity : turns * perTurn * count
  const begin = performance.now()
  const cpuBefore = process.cpuUsage()
  const report = (): Received => {
    const { user, system } = process.cpuUsage(cpuBefore)
    delays.sort((a, b) => a - b)
    const percentile = (share: number) => delays[Math.floor(delays.length * share)] ?? 0
    const cpu = user + system
    return { events, time: performance.now() - begin, cpu, p50: percentile(0.5), p99: percentile(0.99) }
  }
  if (rate === 0) return async () => report()
  // Not more than came in time, as many as still wait at the server.
  const { promise, resolve } = Promise.withResolvers<Received>()
  onFirst = () => {
    onFirst = undefined
    setTimeout(() => resolve(report()), duration)
  }
  return () => promise
}

let report: (() => Promise<Received>) | undefined
process.on('message', ({ phase }: { phase?: Phase }) => {
  void (async () => {
    if (phase) {
      report = await take(phase)
      process.send?.({ ready: true })
    } else {
      process.send?.(await report?.())
    }
  })()
})
// Not left behind, however run.ts ends.
process.on('disconnect', () => process.exit())
for (let index = 0; index < count + stalled; index += OPENING) {
  const batch = Math.min(OPENING, count + stalled - index)
  await Promise.all(Array.from({ length: batch }, (_, i) => open(index + i)))
}
process.send?.({ connected: count + stalled })

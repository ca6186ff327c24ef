import { median } from '../launch.ts'
import { contenders } from './contenders.ts'
import { type Measured, type Pair, withPair } from './measure.ts'
import type { Phase } from './phase.ts'
import { printTable } from './table.ts'

/**
 * The same events to many connections: what one delivery costs the server, how many are delivered and how late, what a
 * connection takes while nothing happens, and what readers do that do not read. See ../README.md.
 */
const { CONNECTIONS = '100,1000,5000', MODES = 'one,burst,open,idle,stalled', ONLY = '', ROUNDS = '1' } = process.env
const sizes = CONNECTIONS.split(',').map(Number)
const modes = new Set(MODES.split(','))
const names = Object.keys(contenders).filter((name) => ONLY === '' || ONLY.split(',').includes(name))

const WARM_UP = 200
const DURATION = 500
const IDLE = 10_000
// How far the young generation grows is a step of 50 MB, here or there: a constant of the process, and not a connection's.
const STEADY = ['--max-semi-space-size=8']
/** Of readers, and of readers that stall. */
const STALLED = 100

/** What one contender did in one mode. */
export interface Row {
  readonly contender: string
  readonly connections: number
  readonly mode: string
  readonly figures: Record<string, number>
}
const rows: Row[] = []

function add(contender: string, connections: number, mode: string, figures: Record<string, number>): void {
  const rounded = Object.fromEntries(Object.entries(figures).map(([key, value]) => [key, Number(value.toPrecision(4))]))
  rows.push({ contender, connections, mode, figures })
  console.log(JSON.stringify({ bench: 'fanout', contender, connections, mode, ...rounded }))
}

function closed(connections: number, perTurn: number, duration: number): Phase {
  // Seldom enough to cost nothing, and often enough that nothing waits outside of the kernel.
  const turns = Math.min(16, Math.max(1, Math.floor(4000 / connections)))
  return { duration, size: 100, perTurn, turns, rate: 0 }
}

function open(duration: number, rate: number, size: number): Phase {
  return { duration, size, perTurn: 0, turns: 0, rate }
}

function figuresOf({ published, received }: Measured, connections: number): Record<string, number> {
  const { time } = received
  return {
    cpuPerEvent: published.cpu / received.events,
    perSecond: (received.events / time) * 1000,
    delivered: received.events / (published.events * connections),
    p50: received.p50,
    p99: received.p99,
    // Near 1, the readers are what is measured.
    readerLoad: received.cpu / 1000 / time,
  }
}

async function flow(pair: Pair, contender: string, connections: number): Promise<void> {
  for (const [mode, perTurn] of Object.entries({ one: 1, burst: 16 })) {
    if (!modes.has(mode)) continue
    await pair.measure(closed(connections, perTurn, WARM_UP))
    add(
      contender,
      connections,
      mode,
      figuresOf(await pair.measure(closed(connections, perTurn, DURATION)), connections),
    )
  }
  // Last: whoever is too slow has much that waits.
  if (!modes.has('open') || connections > 1000) return
  const offered = 500
  const measured = await pair.measure(open(1000, offered, 100))
  const { events, time } = measured.received
  const delivered = events / (offered * connections * (time / 1000))
  add(contender, connections, 'open', { ...figuresOf(measured, connections), delivered })
}

for (let round = 0; round < Number(ROUNDS); round++) {
  for (const connections of sizes) {
    if (!['one', 'burst', 'open'].some((mode) => modes.has(mode))) break
    for (const name of names) {
      await withPair(name, { readers: connections }, (pair) => flow(pair, name, connections))
    }
  }
}
for (const name of names) {
  if (modes.has('idle')) {
    await withPair(name, { readers: IDLE, options: STEADY }, async ({ rest: { empty, full } }) => {
      add(name, IDLE, 'idle', { perConnection: (full - empty) / IDLE / 1024 })
    })
  }
  if (!modes.has('stalled')) continue
  // 6 MB to each, more than the kernel takes for it.
  await withPair(name, { readers: STALLED, stalled: STALLED }, async (pair) => {
    const { published, received } = await pair.measure(open(4000, 100, 16_384))
    const { p50, p99 } = received
    const { closed, growth } = published
    add(name, STALLED, 'stalled', { p50, p99, closed, growth: growth / 1024 / 1024 })
  })
}

function figure(contender: string, connections: number, mode: string, key: string): number | undefined {
  const own = rows.filter((row) => row.contender === contender && row.connections === connections && row.mode === mode)
  return own.length === 0 ? undefined : median(own.map(({ figures }) => figures[key] ?? 0))
}

for (const connections of sizes) {
  printTable(`${connections} connections`, names, [
    ['one per turn, us', (name) => figure(name, connections, 'one', 'cpuPerEvent'), true],
    ['16 per turn, us', (name) => figure(name, connections, 'burst', 'cpuPerEvent'), true],
    ['500/s, us', (name) => figure(name, connections, 'open', 'cpuPerEvent')],
    ['delivered, %', (name) => percent(figure(name, connections, 'open', 'delivered'))],
    ['p50, ms', (name) => figure(name, connections, 'open', 'p50')],
    ['p99, ms', (name) => figure(name, connections, 'open', 'p99')],
  ])
}
printTable(`${IDLE} idle connections; ${STALLED} readers beside as many that stall`, names, [
  ['idle, kB each', (name) => figure(name, IDLE, 'idle', 'perConnection'), true],
  ['growth, MB', (name) => figure(name, STALLED, 'stalled', 'growth')],
  ['closed', (name) => figure(name, STALLED, 'stalled', 'closed')],
  ['p50, ms', (name) => figure(name, STALLED, 'stalled', 'p50')],
  ['p99, ms', (name) => figure(name, STALLED, 'stalled', 'p99')],
])

function percent(share: number | undefined): number | undefined {
  return share === undefined ? undefined : share * 100
}

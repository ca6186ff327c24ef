import { describeValue } from '../describeValue.ts'
import type { Connection } from './connection.ts'
import type { Hub } from './hub.ts'
import { sleep } from './sleep.ts'

/** How often a drain sends some of its readers away, in milliseconds. */
const STEP = 50

/** Options of `hub.drain`. */
export interface SSEDrainOptions {
  /** Over how long the readers are sent away, in milliseconds. @default 10_000 */
  over?: number | undefined
  /** The most that a reader waits before it comes back, in milliseconds: each is told a time of its own. @default `over` */
  retry?: number | undefined
  /** How long running jobs have to finish, in milliseconds: their readers stay until then. @default `over` */
  jobs?: number | undefined
}

/** Sends the readers of a hub away, one after the other and in no order. Resolves when the last has left, or the hub closes. */
export async function drain(hub: Hub, { over = 10_000, retry = over, jobs = over }: SSEDrainOptions): Promise<void> {
  for (const [name, value] of Object.entries({ over, retry, jobs })) expectTime(name, value)
  hub.isShut = true
  hub.jobs.isShut = true
  const end = performance.now() + over
  const finished = hub.jobs.idle(jobs)
  const [followers, others] = part(hub.connections.all(), ({ channels }) =>
    [...channels.keys()].some((name) => hub.jobs.isRunning(name)),
  )
  await sendAway(shuffle(others), end, retry, hub.closing)
  await finished
  await sendAway(shuffle(followers), end, retry, hub.closing)
  // Closed now, the hub would cut off those that are yet to be told why.
  await hub.farewells.settled()
}

async function sendAway(connections: Connection[], end: number, retry: number, closing: AbortSignal): Promise<void> {
  // Many leave by themselves meanwhile.
  const stillThere = (waiting: Connection[]) => waiting.filter(({ isClosed }) => !isClosed)
  for (let waiting = connections; waiting.length > 0; waiting = stillThere(waiting)) {
    const steps = Math.max(1, Math.ceil((end - performance.now()) / STEP))
    for (const connection of waiting.splice(0, Math.ceil(waiting.length / steps))) {
      connection.end({ reason: 'drain' }, Math.round(Math.random() * retry))
    }
    if (waiting.length > 0) await sleep(STEP, closing)
  }
}

function part(connections: Connection[], test: (connection: Connection) => boolean): [Connection[], Connection[]] {
  return [connections.filter(test), connections.filter((connection) => !test(connection))]
}

function shuffle(connections: Connection[]): Connection[] {
  for (let index = connections.length - 1; index > 0; index--) {
    const other = Math.floor(Math.random() * (index + 1))
    const [a, b] = [connections[index], connections[other]]
    if (a && b) [connections[index], connections[other]] = [b, a]
  }
  return connections
}

function expectTime(option: string, value: unknown): void {
  if (typeof value === 'number' && value >= 0 && Number.isFinite(value)) return
  throw new TypeError(`Expected \`${option}\` to be a number of milliseconds from 0, got ${describeValue(value)}.`)
}

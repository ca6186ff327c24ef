import { createSSEHub, type SSEHub } from '@tidewire/server'
import { EVENT_SIZE } from './backpressureRoutes.ts'
import type { Observation } from './observation.ts'

const hubs = new Map<string, SSEHub>()

/** How many events the channel `brief` keeps. */
export const BRIEF = 2

/** The hub of a case. `heartbeat` is what its host needs, in milliseconds; else it beats as by default. */
export function hubOf(id: string, { errors }: Observation, heartbeat: number | undefined): SSEHub {
  let hub = hubs.get(id)
  if (!hub) {
    hub = createSSEHub({
      path: '/hub',
      heartbeat,
      onError: (error, { stage }) => errors.push(`${stage}: ${error.code}`),
    })
    hub.channel('news')
    hub.channel('weather')
    hub.channel('brief', { history: { maxEvents: BRIEF } })
    hub.channel('secret', () => false)
    hubs.set(id, hub)
  }
  return hub
}

/** How many readers the hub of a case has, or all hubs. */
export function countReaders(id?: string): number {
  const counted = id === undefined ? [...hubs.values()] : [hubs.get(id)]
  return counted.reduce((sum, hub) => sum + (hub?.connectionCount ?? 0), 0)
}

/** What can be asked of a hub, beside what its readers may. */
export const hubOrders: Record<string, (hub: SSEHub, query: URLSearchParams) => Promise<unknown>> = {
  /** Publishes numbers, from one to another, and resolves with their ids. With `isLarge`, they are as large as the events of the floods. */
  async publish(hub, query) {
    const ids: string[] = []
    for (let number = Number(query.get('from')); number <= Number(query.get('to')); number++) {
      const text = query.has('isLarge') ? `${number} `.padEnd(EVENT_SIZE, 'x') : number
      const { id } = await hub.to(query.get('channel') ?? 'news').data(text)
      ids.push(id)
    }
    return ids
  },

  drain: (hub) => hub.drain({ over: 20, retry: 0 }),
}

/** Sends the readers of all hubs away. */
export function drainHubs(): void {
  for (const hub of hubs.values()) void hub.drain({ over: 0 })
}

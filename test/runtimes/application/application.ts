import type { SSEHub } from '@tidewire/server'
import { activeHandles } from './activeHandles.ts'
import { attackRoutes } from './attackRoutes.ts'
import { backpressureRoutes } from './backpressureRoutes.ts'
import { endRoutes } from './endRoutes.ts'
import { eventRoutes } from './eventRoutes.ts'
import { headRoutes } from './headRoutes.ts'
import { countReaders, drainHubs, hubOf, hubOrders } from './hubs.ts'
import { leavingRoutes } from './leavingRoutes.ts'
import { hostState, observe } from './observation.ts'
import { pendingListeners } from './pendingListeners.ts'
import { pendingTimers } from './pendingTimers.ts'
import { refusalRoutes } from './refusalRoutes.ts'
import { requestRoutes } from './requestRoutes.ts'
import type { Answer, Call } from './route.ts'
import { sourceRoutes } from './sourceRoutes.ts'

const routes = {
  ...headRoutes,
  ...eventRoutes,
  ...attackRoutes,
  ...sourceRoutes,
  ...endRoutes,
  ...leavingRoutes,
  ...backpressureRoutes,
  ...requestRoutes,
  ...refusalRoutes,
}

let shutdown: AbortController | undefined

/** Gives each stream the signal of the shutdown. Not for workerd, where no two requests may share one. */
export function shareShutdown(): void {
  shutdown = new AbortController()
}

/** Ends the streams that the application would leave open. */
export function shutDown(): void {
  shutdown?.abort()
  drainHubs()
}

/** Whether a path leads to a hub: to read it, or to give it an order. */
export function isForHub(pathname: string): boolean {
  return pathname === '/hub' || Object.hasOwn(hubOrders, pathname.slice(1))
}

/**
 * Answers a call with a stream, with what the server's side has seen, or by the hub that has to. Gives it back where only
 * the way in may know a route.
 */
export async function answer(
  address: string,
  incoming: Pick<Call, 'request' | 'body' | 'upload'>,
): Promise<Answer | { json: unknown } | { hub: SSEHub } | { call: Call; route: string }> {
  const { pathname, searchParams: query } = new URL(address, 'http://localhost')
  const id = query.get('case') ?? ''
  const observation = observe(id)
  if (pathname === '/host') {
    const [timers, listeners, handles] = [pendingTimers(), pendingListeners(), activeHandles()]
    return { json: hostState({ timers, listeners, handles, readers: countReaders() }) }
  }
  if (isForHub(pathname)) {
    const hub = hubOf(id, observation, Number(query.get('heartbeat')) || undefined)
    const order = hubOrders[pathname.slice(1)]
    return order ? { json: (await order(hub, query)) ?? null } : { hub }
  }
  if (pathname === '/release') observation.releases++
  if (pathname === '/release' || pathname === '/state') return { json: { ...observation, readers: countReaders(id) } }
  const call = { ...incoming, query, observation, shutdown: shutdown?.signal }
  const route = routes[pathname.slice(1)]
  if (!route) return { call, route: pathname.slice(1) }
  const answered = await route(call)
  return 'stream' in answered ? answered : { stream: answered }
}

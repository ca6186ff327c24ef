import type { SSERequest } from '@tidewire/server'
import { pendingTimers } from './pendingTimers.ts'
import { backpressureRoutes } from './backpressureRoutes.ts'
import { endRoutes } from './endRoutes.ts'
import { eventRoutes } from './eventRoutes.ts'
import { headRoutes } from './headRoutes.ts'
import { leavingRoutes } from './leavingRoutes.ts'
import { hostState, observe } from './observation.ts'
import { requestRoutes } from './requestRoutes.ts'
import type { Answer } from './route.ts'

const routes = {
  ...headRoutes,
  ...eventRoutes,
  ...endRoutes,
  ...leavingRoutes,
  ...backpressureRoutes,
  ...requestRoutes,
}

// Made late: workerd makes none before there is a request.
let shutdown: AbortController | undefined

/** Ends the streams that the application would leave open. */
export function shutDown(): void {
  shutdown?.abort()
}

/** Answers a call with a stream, or with what the server's side has seen. */
export async function answer(
  address: string,
  request: SSERequest | undefined,
  body: () => Promise<string>,
): Promise<Answer | { json: unknown }> {
  const { pathname, searchParams: query } = new URL(address, 'http://localhost')
  const observation = observe(query.get('case') ?? '')
  if (pathname === '/host') return { json: hostState(pendingTimers()) }
  if (pathname === '/release') observation.releases++
  if (pathname === '/release' || pathname === '/state') return { json: observation }
  const route = routes[pathname.slice(1)]
  if (!route) return { json: `There is no route ${pathname}.` }
  shutdown ??= new AbortController()
  const answered = await route({ query, request, observation, shutdown: shutdown.signal, body })
  return 'stream' in answered ? answered : { stream: answered }
}

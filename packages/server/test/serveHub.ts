import { toNodeHandler } from '../src/node/index.ts'
import type { SSEHub } from '../src/index.ts'
import type { Fetch } from './hubReader.ts'
import { serve } from './nodeServer.ts'

/** Serves a hub on node's http until the test is over. What it returns stands in for the hub where it is read. */
export async function serveHub(hub: Pick<SSEHub, 'fetch'>): Promise<{ fetch: Fetch }> {
  const port = await serve(toNodeHandler(hub))
  return {
    fetch(request) {
      const { pathname, search } = new URL(request.url)
      return fetch(new Request(`http://localhost:${port}${pathname}${search}`, request))
    },
  }
}

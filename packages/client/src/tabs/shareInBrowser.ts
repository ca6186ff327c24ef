import { decodeLastEventId, LAST_EVENT_ID } from '@tidewire/protocol'
import type { SSEShare } from '../channels/clientTypes.ts'
import type { Wants } from './messages.ts'
import { findSurroundings } from './surroundings.ts'
import { Tab } from './tab.ts'

/** Options of a shared connection. */
export interface ShareInBrowserOptions {
  /**
   * Whose connection it is: the id of the user. Only tabs of one identity share. Without one, all tabs with the same plain
   * headers do, and whose `headers` are a function share with nobody.
   */
  identity?: string | number | undefined
}

/**
 * Lets all tabs of a browser share one connection to a hub: the option `share` of a client. Where a browser cannot, each tab
 * has a connection of its own.
 *
 * @example
 * import { shareInBrowser } from '@tidewire/client/tabs'
 * const client = createSSEClient({ url: '/_sse', share: shareInBrowser({ identity: user.id }) })
 */
export function shareInBrowser({ identity }: ShareInBrowserOptions = {}): SSEShare {
  return (wire) => {
    const { headers, credentials, fetch: given } = wire.options
    const alone: typeof fetch = (input, init) => (given ?? fetch)(input, init)
    const owner = identity == null || identity === '' ? undefined : String(identity)
    let surroundings = owner === undefined && typeof headers === 'function' ? undefined : findSurroundings()
    let tab: Tab | undefined
    const onClose = () => (tab = undefined)
    const onAlone = () => (surroundings = undefined)
    return async (input, init) => {
      if (!surroundings) return alone(input, init)
      const request = new Request(input, init)
      if (request.method === 'POST') return answerChange(tab, request)
      // A poll is nothing to wait for. PROTOCOL.md, 14.
      if (new URL(request.url).searchParams.has('poll')) return alone(input, init)
      const plain = typeof headers === 'function' ? [] : [...new Headers(headers)]
      const url = new URL(wire.url, globalThis.location?.href)
      const name = JSON.stringify(['tidewire 1', url, owner, plain, credentials ?? 'same-origin'])
      tab ??= new Tab({ name, wire, surroundings, onClose, onAlone })
      return (await tab.join(readWants(request), request.signal)) ?? alone(input, init)
    }
  }
}

/** What a request asks for. PROTOCOL.md, 7.4. */
function readWants({ url, headers }: Request): Wants {
  const base = decodeLastEventId(headers.get(LAST_EVENT_ID))
  const query = new URL(url).searchParams
  return [
    ...query.getAll('channel').map((name) => [name, base] as const),
    ...query.getAll('fresh').map((name) => [name, ''] as const),
    ...query.getAll('since').map((text) => {
      const colon = text.indexOf(':')
      return [text.slice(colon + 1), text.slice(0, colon)] as const
    }),
  ]
}

/** Answers a change of the set. What becomes of it is said on the connection. PROTOCOL.md, 9.1. */
async function answerChange(tab: Tab | undefined, request: Request): Promise<Response> {
  const { connection, rev, channels } = (await request.json()) as {
    connection: string
    rev: number
    channels: { readonly [name: string]: string | null }
  }
  const wants = Object.entries(channels).map(([name, position]) => [name, position ?? ''] as const)
  return new Response(null, { status: tab?.change(connection, rev, wants) ? 204 : 404 })
}

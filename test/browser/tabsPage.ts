import { createSSEClient, type SSEClient } from '@tidewire/client'
import { shareInBrowser } from '@tidewire/client/tabs'

const logs = new Map<string, string[]>()
let client: SSEClient | undefined

/** Follows channels, over a connection that is shared with whoever has the same identity. */
export function follow(names: readonly string[], identity?: string): void {
  client ??= createSSEClient({
    share: shareInBrowser({ identity }),
    linger: 0,
    // Who is only sent to another leader does not wait for that.
    retry: { delay: 60_000, jitter: 'none' },
  })
  for (const name of names) {
    const log: string[] = []
    logs.set(name, log)
    client.subscribe(name, {
      onOpen: () => void log.push('open'),
      onMessage: (data) => void log.push(String(data)),
      onGap: ({ reason }) => void log.push(reason),
      onClose: (reason) => void log.push(reason),
    })
  }
}

/** What was heard of a channel. */
export function heard(name: string): string[] {
  return logs.get(name) ?? []
}

export function close(): void {
  client?.close()
}

/** Whether this tab holds the connection. */
export function leads(): Promise<boolean> {
  // A page is told its own id only by what it holds.
  return navigator.locks.request('mine', async () => {
    const { held = [] } = await navigator.locks.query()
    const mine = held.find(({ name }) => name === 'mine')
    return held.some(
      ({ name, clientId }) => name?.startsWith('["') && name.endsWith(']') && clientId === mine?.clientId,
    )
  })
}

/** How many locks there are. */
export async function countLocks(): Promise<number> {
  const { held = [], pending = [] } = await navigator.locks.query()
  return held.length + pending.length
}

import { DENIED } from '@tidewire/protocol'
import { Admission } from './admission.ts'
import { callerOf } from './caller.ts'
import type { Connection } from './connection.ts'
import { parseChange, type SetChange } from './control.ts'
import type { Hub } from './hub.ts'
import { refusal } from './refusal.ts'

/**
 * The most changes of a connection that are being decided about at once: each asks the application about every channel that
 * it adds. Of those that wait, only the newest counts.
 */
const MAX_CHANGES = 4

/** Answers a change of a connection's set. PROTOCOL.md, 9. Rejects with what the hub's options threw. */
export async function changeSet(hub: Hub, request: Request, platform: unknown): Promise<Response> {
  const change = await parseChange(request, hub.settings.limits.maxChannels)
  if (change instanceof Response) return change
  const caller = await callerOf(hub, request, platform)
  if (caller instanceof Response) return caller
  const connection = hub.connections.get(change.connection)
  // Not told apart: whether a connection of somebody else exists is nobody's business.
  if (!connection?.reader.isManaged || connection.reader.identity !== caller.identity) {
    return refusal(404, 'There is no such connection here.')
  }
  if (change.rev > connection.rev) take(hub, connection, change)
  return new Response(null, { status: 204, headers: { 'cache-control': 'no-store' } })
}

function take(hub: Hub, connection: Connection, change: SetChange): void {
  connection.rev = change.rev
  connection.leave([...connection.channels.keys()].filter((name) => !change.since.has(name)))
  if (connection.changes < MAX_CHANGES) void applyFrom(hub, connection, change)
  else connection.nextChange = change
}

async function applyFrom(hub: Hub, connection: Connection, first: SetChange): Promise<void> {
  connection.changes++
  for (let change: SetChange | undefined = first; change;) {
    await apply(hub, connection, change)
    change = connection.nextChange
    connection.nextChange = undefined
  }
  connection.changes--
}

async function apply(hub: Hub, connection: Connection, { rev, since }: SetChange): Promise<void> {
  const added = [...since.keys()].filter((name) => !connection.channels.has(name))
  // The context of the connection: it is whom the channel is shown to.
  const admission = await Admission.of(hub.authority, added, connection.reader.context)
  admission.end()
  if (connection.isClosed || connection.rev !== rev) return
  const { allowed, refused } = admission
  hub.monitor.counters.denied += refused.size
  if (refused.size > 0) connection.say(DENIED, { channels: [...refused.keys()], rev })
  if (allowed.size > 0) hub.join(connection, rev, allowed, since)
}

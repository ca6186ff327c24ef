import { CATCHUP, LIVE, PRESENCE } from '@tidewire/protocol'
import type { SSEPresence } from '../channels/clientTypes.ts'
import type { Past } from './past.ts'

/** Writes an event as a hub does. What was parsed holds no carriage return. HTML Standard, section 9.2.6. */
export function formatEvent(event: string, text: string, id?: string): string {
  const head = `event: ${event}\n${id === undefined ? '' : `id: ${id}\n`}`
  return `${head}data: ${text.replaceAll('\n', '\ndata: ')}\n\n`
}

/** Writes one of the protocol's own events. */
export function formatNews(event: string, payload: object, id?: string): string {
  return formatEvent(event, JSON.stringify(payload), id)
}

/** Writes what a reader of a channel gets that joins. PROTOCOL.md, 9.3. */
export function formatJoin(name: string, rev: number, past: Past, presence: SSEPresence | undefined): string {
  const about = { channels: [name], rev, reset: past.isReset || undefined }
  const missed = past.events.map(({ id, event, text }) => formatEvent(`${name}#${event}`, text, id)).join('')
  return [
    missed || past.isReset ? formatNews(CATCHUP, about) + missed : '',
    formatNews(LIVE, { ...about, cursor: past.cursor }),
    presence ? formatNews(PRESENCE, { channel: name, ...presence }) : '',
  ].join('')
}

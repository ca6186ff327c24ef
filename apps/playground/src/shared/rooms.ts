import type { Connection } from './connection.ts'

/** Who may read and write in a room. */
export interface Room {
  title: string
  isForStaff: boolean
}

/** The rooms of the chat, by the last segment of their channel's name. */
export const rooms: ReadonlyMap<string, Room> = new Map([
  ['lobby', { title: 'Lobby', isForStaff: false }],
  ['staff', { title: 'Staff', isForStaff: true }],
])

/** The longest name of a person, in characters. */
export const MAX_NAME = 24

/** The longest message, in characters. */
export const MAX_TEXT = 500

/** How many messages a page holds. */
export const MAX_MESSAGES = 200

/** The stream of a room, for a page that has written under `origin`. */
export function roomURL(room: string, origin: string): string {
  return `/_sse?channel=rooms/${room}&origin=${origin}`
}

/** How a room comes back: whoever watches an outage should not wait long for its end. */
export const roomRetry = { maxDelay: 2000 }

/** What the stream of a room is called, and what it is like while it is open. */
export const roomSubject = { name: 'Room', live: 'Each message as it is said' }

/** Why the server does not let this page into a room, where it does not. */
export function refusalOf({ closeReason, error }: Pick<Connection, 'closeReason' | 'error'>) {
  if (closeReason !== 'denied') return undefined
  return error?.status === 401 ? 'signed-out' : 'not-allowed'
}

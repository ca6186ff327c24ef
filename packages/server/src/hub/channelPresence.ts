import { PRESENCE, type PresenceChange, type PresenceList } from '@tidewire/protocol'
import { formatFrame } from '../formatSSE.ts'
import { SharedText } from '../sharedText.ts'
import { Throttle } from '../throttle.ts'
import type { Connection } from './connection.ts'
import { Roster } from './roster.ts'
import type { SSEMember } from './sseMember.ts'

/** The most often that readers are told, in milliseconds. */
const INTERVAL = 100

/** With more than this waiting, in bytes, a reader is told of all members later instead of each change. */
const MAX_WAITING = 64 * 1024

/** How a channel shows its readers to each other. */
export interface PresenceSettings {
  readonly info: ((context: unknown) => unknown) | undefined
  readonly leaveAfter: number
  readonly maxMembers: number
}

/** What the readers of one channel are told of each other. */
export class ChannelPresence {
  readonly #name: string
  readonly #describe: (connection: Connection) => SSEMember
  readonly #onEmpty: () => void
  readonly #roster: Roster
  readonly #throttle = new Throttle(() => this.#announce(), INTERVAL)
  /** The readers with the keys of their members. */
  readonly #readers = new Map<Connection, string>()
  /** Those that are yet to be told who is there. */
  readonly #newcomers = new Set<Connection>()

  constructor(
    name: string,
    { leaveAfter, maxMembers }: PresenceSettings,
    describe: (connection: Connection) => SSEMember,
    onEmpty: () => void,
  ) {
    this.#name = name
    this.#describe = describe
    this.#onEmpty = onEmpty
    this.#roster = new Roster(leaveAfter, maxMembers, () => this.#onChange())
  }

  /** Everybody who is there. */
  get members(): SSEMember[] {
    return this.#roster.members
  }

  enter(connection: Connection): void {
    if (this.#readers.has(connection)) return
    const key = keyOf(connection)
    this.#readers.set(connection, key)
    this.#newcomers.add(connection)
    this.#roster.enter(key, () => this.#describe(connection))
    this.#throttle.request()
  }

  leave(connection: Connection): void {
    const key = this.#readers.get(connection)
    if (key === undefined) return
    this.#readers.delete(connection)
    this.#newcomers.delete(connection)
    this.#roster.leave(key)
  }

  close(): void {
    this.#throttle.stop()
    this.#roster.close()
  }

  #onChange(): void {
    if (this.#roster.size > 0) return this.#throttle.request()
    this.close()
    this.#onEmpty()
  }

  // Whatever has happened since the last time: each text is made once, and each reader gets one.
  #announce(): true {
    const { joined, left, isNew } = this.#roster.change()
    const base = { channel: this.#name, count: this.#roster.size }
    const change = new SharedText(frameOf({ ...base, joined, left }))
    const list = new SharedText(frameOf({ ...base, members: this.#roster.shown }))
    for (const connection of this.#readers.keys()) {
      const isNewcomer = this.#newcomers.has(connection)
      if (!isNewcomer && !isNew) continue
      if (isNewcomer || connection.bufferedSize > MAX_WAITING) connection.pushText(list, `${PRESENCE} ${this.#name}`)
      else connection.pushText(change)
    }
    this.#newcomers.clear()
    return true
  }
}

function frameOf(data: PresenceList | PresenceChange): string {
  return formatFrame({ event: PRESENCE, data })
}

function keyOf({ id, reader: { identity, origin } }: Connection): string {
  if (identity !== undefined) return `identity ${identity}`
  return origin === undefined ? `connection ${id}` : `origin ${origin}`
}

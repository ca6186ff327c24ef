import { nextTurn } from '../nextTurn.ts'
import type { Connection } from './connection.ts'
import type { HubChannel } from './hubChannel.ts'
import { ReaderGroup } from './readerGroup.ts'

/** The groups of a hub: one for each set of channels that somebody follows, in each form. */
export class ReaderGroups {
  readonly #groups = new Map<string, ReaderGroup>()
  // By the channel itself: one that has lost all its readers is another when it comes back, under the same name.
  readonly #numbers = new WeakMap<HubChannel, number>()
  #lastNumber = 0
  readonly #late = new Set<Connection>()
  readonly #onLate: (connection: Connection) => void

  /** `onLate` is called once in a turn for each connection of {@link ReaderGroups.moveSoon} that was not moved before. */
  constructor(onLate: (connection: Connection) => void) {
    this.#onLate = onLate
  }

  /** A connection has left channels: it is moved in the next turn, as more may follow, and gets nothing of them until then. */
  moveSoon(connection: Connection): void {
    connection.group?.leaving.add(connection)
    if (this.#late.size === 0) nextTurn(this.#moveLate)
    this.#late.add(connection)
  }

  /** Puts a connection into the group of what is live on it, and takes it out of the one that it was in. */
  move(connection: Connection): void {
    this.#late.delete(connection)
    const key = this.#keyOf(connection)
    connection.group?.leaving.delete(connection)
    if (connection.group?.key === key) return
    // What is pending leaves first: nothing of before belongs to who joins, and to who leaves all of it. That may end a reader
    // which is too slow, this one too, and its group with it.
    connection.group?.flush()
    this.#groups.get(key)?.flush()
    const { live, group } = connection
    if (group) this.leave(connection, group)
    if (live.length === 0) return
    let next = this.#groups.get(key)
    if (!next) {
      next = new ReaderGroup(key, connection.form, live)
      this.#groups.set(key, next)
      for (const channel of live) channel.groups.add(next)
    }
    next.members.add(connection)
    connection.group = next
  }

  /** Takes a connection out of its group. */
  leave(connection: Connection, group: ReaderGroup): void {
    group.leave(connection)
    connection.group = undefined
    if (group.members.size > 0) return
    this.#groups.delete(group.key)
    for (const channel of group.channels) channel.groups.delete(group)
  }

  #keyOf({ form, live }: Connection): string {
    return [form, ...live.map((channel) => this.#numberOf(channel)).toSorted((a, b) => a - b)].join(' ')
  }

  #numberOf(channel: HubChannel): number {
    const number = this.#numbers.get(channel) ?? ++this.#lastNumber
    this.#numbers.set(channel, number)
    return number
  }

  readonly #moveLate = (): void => {
    for (const connection of [...this.#late]) this.#onLate(connection)
  }
}

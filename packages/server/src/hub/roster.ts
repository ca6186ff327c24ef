import type { SSEMember } from './sseMember.ts'

interface Place {
  readonly member: SSEMember
  connections: number
}

/** What has changed of the members that are shown. */
export interface RosterChange {
  readonly joined: readonly SSEMember[]
  readonly left: readonly string[]
  /** Whether there is anything to tell, if only the number. */
  readonly isNew: boolean
}

/** The members of one channel: each counted once, however many connections it has, and for a while after the last. */
export class Roster {
  readonly #leaveAfter: number
  readonly #maxShown: number
  readonly #onChange: () => void
  // In the order in which they came.
  readonly #places = new Map<string, Place>()
  /** When those leave that have no connection, in that order. */
  readonly #leaving = new Map<string, number>()
  #shown = new Map<string, SSEMember>()
  #shownCount = 0
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(leaveAfter: number, maxShown: number, onChange: () => void) {
    this.#leaveAfter = leaveAfter
    this.#maxShown = maxShown
    this.#onChange = onChange
  }

  get size(): number {
    return this.#places.size
  }

  /** Everybody. */
  get members(): SSEMember[] {
    return [...this.#places.values()].map(({ member }) => member)
  }

  /** Those that readers were told of by {@link change}. */
  get shown(): SSEMember[] {
    return [...this.#shown.values()]
  }

  /** Counts a connection of somebody, who is described where nobody of that key is there. */
  enter(key: string, describe: () => SSEMember): void {
    const place = this.#places.get(key)
    this.#leaving.delete(key)
    if (place) {
      place.connections++
      return
    }
    this.#places.set(key, { member: describe(), connections: 1 })
    this.#onChange()
  }

  /** Counts a connection no more. */
  leave(key: string): void {
    const place = this.#places.get(key)
    if (!place || --place.connections > 0) return
    this.#leaving.set(key, performance.now() + this.#leaveAfter)
    this.#schedule()
  }

  /** Shows who is there now, up to the bound, and tells what that changes. */
  change(): RosterChange {
    const before = this.#shown
    const wasCount = this.#shownCount
    this.#shown = new Map()
    this.#shownCount = this.#places.size
    for (const { member } of this.#places.values()) {
      if (this.#shown.size >= this.#maxShown) break
      this.#shown.set(member.id, member)
    }
    const joined = this.shown.filter((member) => before.get(member.id) !== member)
    const left = [...before.values()].filter((member) => this.#shown.get(member.id) !== member).map(({ id }) => id)
    return { joined, left, isNew: joined.length > 0 || left.length > 0 || this.#shownCount !== wasCount }
  }

  close(): void {
    clearTimeout(this.#timer)
    this.#leaving.clear()
    this.#places.clear()
  }

  // One timer for all: they leave in the order in which they lost their last connection.
  #schedule(): void {
    const [next] = this.#leaving.values()
    if (next === undefined || this.#timer !== undefined) return
    this.#timer = setTimeout(this.#onTimer, Math.max(0, Math.ceil(next - performance.now())))
  }

  readonly #onTimer = (): void => {
    this.#timer = undefined
    const now = performance.now()
    let hasChanged = false
    for (const [key, time] of this.#leaving) {
      if (time > now) break
      this.#leaving.delete(key)
      hasChanged = this.#places.delete(key)
    }
    this.#schedule()
    if (hasChanged) this.#onChange()
  }
}

/** Into how many parts the readers of one interval are split, so that they do not all beat at once. */
const PHASES = 8

/** What a heartbeat wakes. */
export interface Beating {
  beat(): void
}

interface Slot {
  readonly members: Set<Beating>
  readonly interval: number
  due: number
}

/** The heartbeats of a whole hub, on one timer. It runs only while somebody has to be woken. */
export class Heartbeats {
  readonly #slots = new Map<string, Slot>()
  readonly #slotOf = new Map<Beating, string>()
  #phase = 0
  #timer: ReturnType<typeof setTimeout> | undefined
  #next = Infinity

  /** Wakes a member every so often, in milliseconds, instead of as before. */
  set(member: Beating, interval: number): void {
    const before = this.#slotOf.get(member)
    if (before !== undefined && this.#slots.get(before)?.interval === interval) return
    this.delete(member)
    const phase = this.#phase++ % PHASES
    const key = `${interval}/${phase}`
    let slot = this.#slots.get(key)
    if (!slot) {
      // A phase later each, so that their beats are spread over the interval.
      slot = { members: new Set(), interval, due: performance.now() + (interval * (PHASES - phase)) / PHASES }
      this.#slots.set(key, slot)
    }
    slot.members.add(member)
    this.#slotOf.set(member, key)
    this.#schedule()
  }

  delete(member: Beating): void {
    const key = this.#slotOf.get(member)
    if (key === undefined) return
    this.#slotOf.delete(member)
    const slot = this.#slots.get(key)
    slot?.members.delete(member)
    if (slot?.members.size === 0) this.#slots.delete(key)
    if (this.#slots.size === 0) this.close()
  }

  close(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#next = Infinity
  }

  #schedule(): void {
    const next = Math.min(...[...this.#slots.values()].map(({ due }) => due))
    if (next >= this.#next) return
    clearTimeout(this.#timer)
    this.#next = next
    this.#timer = setTimeout(this.#onTimer, Math.max(1, Math.ceil(next - performance.now())))
  }

  readonly #onTimer = (): void => {
    this.#timer = undefined
    this.#next = Infinity
    const now = performance.now()
    for (const slot of this.#slots.values()) {
      if (slot.due > now) continue
      // Not one by one where the process slept: they would only be made up for.
      slot.due = now + slot.interval
      for (const member of slot.members) member.beat()
    }
    if (this.#slots.size > 0) this.#schedule()
  }
}

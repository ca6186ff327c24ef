import { parsePosition } from '@tidewire/protocol'
import { isBeyond } from '../channels/position.ts'
import type { Answer } from './askAside.ts'
import type { RelaySession } from './relaySession.ts'

/** The most that is kept of a channel for tabs that come late, in events and in characters. */
const MAX_EVENTS = 1000
const MAX_SIZE = 512 * 1024

/** What an event costs beside its payload. */
const OVERHEAD = 128

/** An event of a channel; without an id where it was retained. */
export interface Kept {
  readonly id: string | undefined
  readonly event: string
  readonly text: string
}

/** A channel that the leader follows for its tabs. */
export class Feed {
  readonly name: string
  /** The sessions that want it. */
  readonly members: Set<RelaySession> = new Set()
  /** Whether it is live upstream. */
  isReady = false
  #live: RelaySession[] | undefined
  readonly #kept: Kept[] = []
  #size = 0
  /** All that was published after it is kept; '' while that is not known. */
  #floor = ''
  /** From where on it was asked for. */
  #begun = ''
  /** The last event that came, also where it is not kept. */
  #last: Kept | undefined
  /** Whether the hub gives the last event to those who are fresh; undefined while there was nothing to tell it from. */
  #isRetained: boolean | undefined
  /** Whether there is no last event but those that came. */
  #isWhole = false
  readonly #asked = new Map<string, Promise<Answer>>()

  constructor(name: string) {
    this.name = name
  }

  /** It is asked for, from that position on, or from now on where that is ''. */
  begin(position: string): void {
    this.#begun = position
    this.#floor = position
  }

  /** The sessions that get what it publishes: the same list until it changes. */
  get live(): readonly RelaySession[] {
    return (this.#live ??= [...this.members].filter(({ parts }) => parts.get(this.name)?.isLive))
  }

  /** Somebody has come, gone, or become live. */
  readonly look = (): void => {
    this.#live = undefined
  }

  /** Events are gone: what comes does not follow on what came. */
  lose(position = ''): void {
    this.#kept.length = 0
    this.#size = 0
    this.#floor = position
    this.#begun = ''
    this.#last = undefined
    this.#isWhole = false
  }

  /** It is live, and whole from there on. */
  settle(since: string): void {
    this.isReady = true
    if (since === this.#begun) return
    this.#floor = since
    this.#isWhole = true
  }

  keep(one: Kept): void {
    this.#last = one
    if (one.id === undefined) {
      this.#isRetained = true
      return
    }
    this.#kept.push(one)
    this.#size += sizeOf(one)
    while (this.#kept.length > MAX_EVENTS || this.#size > MAX_SIZE) {
      const oldest = this.#kept.shift()
      if (!oldest) return
      this.#size -= sizeOf(oldest)
      this.#floor = oldest.id ?? ''
    }
  }

  /** What came after a position; undefined where part of it is gone, or was never here. */
  since(position: string): readonly Kept[] | undefined {
    const [from, floor] = [parsePosition(position), parsePosition(this.#floor)]
    if (!from || from.epoch !== floor?.epoch || from.seq < floor.seq) return undefined
    return this.#kept.filter(({ id = '' }) => (parsePosition(id)?.seq ?? 0) > from.seq)
  }

  /** Learns what the hub gives to whoever is fresh at a position. */
  learn([retained]: readonly Kept[], cursor: string): void {
    const isNewer = this.#last?.id !== undefined && isBeyond(this.#last.id, cursor)
    if (retained) this.#isRetained = true
    else if (this.#last && !isNewer) this.#isRetained = false
    if (!isNewer) this.#last = retained ?? this.#last
    this.#isWhole = true
  }

  /** Asks once for all that ask the same at once. */
  ask(position: string, ask: () => Promise<Answer>): Promise<Answer> {
    const known = this.#asked.get(position)
    if (known) return known
    const answer = ask().finally(() => this.#asked.delete(position))
    this.#asked.set(position, answer)
    return answer
  }

  /** What whoever is fresh gets; undefined where only the hub knows. */
  get retained(): readonly Kept[] | undefined {
    if (!this.#last) return this.#isWhole ? [] : undefined
    if (this.#isRetained === undefined) return undefined
    return this.#isRetained ? [{ ...this.#last, id: undefined }] : []
  }
}

function sizeOf({ text }: Kept): number {
  return text.length + OVERHEAD
}

import { parsePosition } from '@tidewire/protocol'
import type { LogDraft } from '../../src/hub/log.ts'
import { LogModel } from '../logModel.ts'

/** A position, in one of the lives of the log. */
export interface Place {
  readonly life: number
  readonly seq: number
}

/** An event that was published. */
export interface Published extends Place {
  readonly channel: string
  /** What is in its payload: it tells one publish from all others. */
  readonly n: number
  readonly key: string
  readonly except: readonly string[]
  /** Whether a reader that comes late gets it, while it is the last one. */
  readonly retains: boolean
  readonly isTerminal: boolean
}

/** The payload of every event of the model. */
export interface Payload {
  readonly n: number
  readonly key: string
  readonly pad: string
}

/** All that was ever published, and what a log would still have of it. */
export class Chronicle {
  #time = 0
  readonly #epochs: string[] = []
  readonly #events = new Map<string, Published[]>()
  #log = new LogModel()

  get time(): number {
    return this.#time
  }

  set time(time: number) {
    this.#time = time
    this.#log.time = time
  }

  /** Where the log stands. */
  get head(): Place {
    return { life: this.#epochs.length - 1, seq: this.#log.seq }
  }

  /** Begins a new life: nothing of before is kept. */
  begin(epoch: string): void {
    this.#epochs.push(epoch)
    this.#log = new LogModel()
    this.#log.time = this.#time
  }

  append(drafts: readonly LogDraft[]): void {
    for (const draft of drafts) {
      this.#log.append([draft])
      const { channel, except = [], isTerminal = false, retention } = draft
      const { n, key } = JSON.parse(draft.data) as Payload
      this.of(channel).push({
        ...this.head,
        channel,
        n,
        key,
        // The model leaves readers out by texts alone.
        except: except.filter((key) => typeof key === 'string'),
        isTerminal,
        retains: retention.last || isTerminal,
      })
    }
  }

  /** The place that an id names. Throws for an id that was never given. */
  place(id: string): Place {
    const { epoch, seq } = parsePosition(id) ?? { epoch: id, seq: 0 }
    const life = this.#epochs.indexOf(epoch)
    if (life < 0 || (life === this.head.life && seq > this.head.seq)) throw new Error(`There is no id ${id}.`)
    return { life, seq }
  }

  id({ life, seq }: Place): string {
    return `${this.#epochs[life]}.${seq}`
  }

  /** The events of a channel, in order. */
  of(channel: string): Published[] {
    const events = this.#events.get(channel) ?? []
    this.#events.set(channel, events)
    return events
  }

  last(channel: string): Published | undefined {
    return this.of(channel).findLast(({ life }) => life === this.head.life)
  }

  /** Whether an event of the channel after a place is no longer kept. Once it is, it stays so. */
  isGone(channel: string, { life, seq }: Place): boolean {
    return life !== this.head.life || this.#log.gaps(new Map([[channel, seq]])).length > 0
  }
}

export function isAfter(a: Place, b: Place): boolean {
  return a.life > b.life || (a.life === b.life && a.seq > b.seq)
}

export function latest(a: Place, b: Place | undefined): Place {
  return b && isAfter(b, a) ? b : a
}

import { formatPosition } from '@tidewire/protocol'
import { formatFrame } from '../formatSSE.ts'
import type { LogEntry } from './log.ts'
import type { Overflow } from './channelConfig.ts'
import { SharedText } from '../sharedText.ts'

/** How a response names events: by themselves, or by their channels too. It never changes while a response lasts. */
export type FrameForm = 'plain' | 'qualified'

/** An event as it goes out: formatted once for each form, however many readers get it. */
export class EventFrame {
  readonly entry: LogEntry
  /** What becomes of it on a connection that is too slow. */
  readonly overflow: Overflow
  readonly #epoch: string
  /** `null` for none. */
  #key: string | null | undefined
  readonly #texts: Partial<Record<FrameForm, SharedText>> = {}
  readonly #unpositioned: Partial<Record<FrameForm, SharedText>> = {}

  constructor(entry: LogEntry, epoch: string, overflow: Overflow) {
    this.entry = entry
    this.#epoch = epoch
    this.overflow = overflow
  }

  get channel(): string {
    return this.entry.channel
  }

  /** What names the events of which only the newest counts. */
  get coalesceKey(): string | undefined {
    if (typeof this.overflow !== 'object') return undefined
    if (this.#key === undefined) {
      const key = this.overflow.coalesce(this.entry)
      this.#key = key === undefined ? null : `${this.channel}#${key}`
    }
    return this.#key ?? undefined
  }

  /** With its id, which moves the reader's position. */
  shared(form: FrameForm): SharedText {
    return (this.#texts[form] ??= new SharedText(
      this.#format(form, formatPosition({ epoch: this.#epoch, seq: this.entry.seq })),
    ))
  }

  /** Without an id: it is older than the reader's position. */
  unpositioned(form: FrameForm): SharedText {
    return (this.#unpositioned[form] ??= new SharedText(this.#format(form, undefined)))
  }

  #format(form: FrameForm, id: string | undefined): string {
    const { channel, event, data } = this.entry
    if (form === 'qualified') return formatFrame({ id, event: `${channel}#${event}`, data })
    return formatFrame(event === 'message' ? { id, data } : { id, event, data })
  }
}

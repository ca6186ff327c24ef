import { EventFrame } from './eventFrame.ts'
import type { LogEntry } from './log.ts'

/** The most that is kept, in characters of payloads and {@link OVERHEAD} for each event: encoded it is a few times as much. */
const MAX_SIZE = 4 * 1024 * 1024

/** What an event costs beside its payload. */
const OVERHEAD = 256

/** The frames of events that were replayed lately: readers that come back together are sent the same ones. */
export class ReplayFrames {
  // Those that were asked for last stand last.
  readonly #frames = new Map<number, EventFrame>()
  #epoch = ''
  #size = 0

  /** The frame of an event. A slow reader's replay waits for room, and so it is never dropped. */
  of(entry: LogEntry, epoch: string): EventFrame {
    if (epoch !== this.#epoch) this.#begin(epoch)
    const known = this.#frames.get(entry.seq)
    if (known) this.#remove(known)
    const frame = known && isSame(known.entry, entry) ? known : new EventFrame(entry, epoch, 'disconnect')
    // It would take the place of all others, and not have enough.
    if (sizeOf(frame) > MAX_SIZE) return frame
    this.#frames.set(entry.seq, frame)
    this.#size += sizeOf(frame)
    for (const oldest of this.#frames.values()) {
      if (this.#size <= MAX_SIZE) break
      this.#remove(oldest)
    }
    return frame
  }

  #begin(epoch: string): void {
    this.#epoch = epoch
    this.#frames.clear()
    this.#size = 0
  }

  #remove(frame: EventFrame): void {
    this.#frames.delete(frame.entry.seq)
    this.#size -= sizeOf(frame)
  }
}

// The log may have begun a new life between two of its answers, in which the same seq is another event's.
function isSame(a: LogEntry, b: LogEntry): boolean {
  return a === b || (a.channel === b.channel && a.event === b.event && a.data === b.data)
}

function sizeOf({ entry }: EventFrame): number {
  return entry.data.length + OVERHEAD
}

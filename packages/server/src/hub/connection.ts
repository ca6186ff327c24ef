import { BYE, type Bye, END, RESET } from '@tidewire/protocol'
import { formatFrame } from '../formatSSE.ts'
import type { Sink } from '../sink.ts'
import type { SetChange } from './control.ts'
import type { EventFrame, FrameForm } from './eventFrame.ts'
import { isLeftOut } from './exclusion.ts'
import { FrameQueue, type SlowReader } from './frameQueue.ts'
import type { Beating } from './heartbeats.ts'
import type { HubChannel } from './hubChannel.ts'
import type { Join } from './join.ts'
import type { LogEntry } from './log.ts'
import type { ReaderBounds } from './readerBounds.ts'
import type { ReaderGroup } from './readerGroup.ts'
import { SharedText } from '../sharedText.ts'
import { SparseSet } from './sparseSet.ts'

const HEARTBEAT = new SharedText(':\n\n')

/** Who reads, as far as the hub knows. */
export interface Reader {
  readonly context: unknown
  readonly identity: string | undefined
  readonly origin: string | undefined
  readonly address: string | undefined
  /** When its credentials expire, by `performance.now()`. */
  readonly deadline: number | undefined
  /** Whether it manages its set by itself, as our client does. PROTOCOL.md, 6.5. */
  readonly isManaged: boolean
  /** Whether its response ends with what there is. PROTOCOL.md, 14. */
  readonly isPolling?: boolean
}

/** What a connection needs of its hub. */
export interface ConnectionHost {
  readonly bounds: ReaderBounds
  /** Puts a connection into the group of the channels that are live on it. */
  regroup(connection: Connection): void
  /** Does so in the next turn: it has left channels. */
  regroupSoon(connection: Connection): void
  /** A connection no longer has a channel. */
  onLeave(connection: Connection, channel: HubChannel): void
  onClose(connection: Connection): void
  /** It was told why it ends, and is yet to come to its end. */
  onEnd(connection: Connection, closed: Promise<void>): void
  /** It was too slow, and is cut off. */
  onOverflow(connection: Connection): void
  /** It was told that events are gone. */
  onReset(connection: Connection, channels: readonly string[]): void
  onDrop(connection: Connection, frame: EventFrame): void
  onCoalesce(frame: EventFrame): void
  /** It is time to show that it lives. */
  beat(connection: Connection): void
  /** The id of the last event that was delivered to the groups. */
  deliveredId(): string
  /** The id of an event. */
  idOf(seq: number): string
}

/** One open response of a hub. */
export class Connection implements SlowReader, Beating {
  readonly id: string
  readonly reader: Reader
  readonly form: FrameForm
  /** Its set: what it follows, live or joining. */
  readonly channels: Map<string, HubChannel> = new Map()
  /** Those of them that are yet to be live. */
  readonly joining: SparseSet<string> = new SparseSet()
  readonly joins: SparseSet<Join> = new SparseSet()
  /** The channels that it asked for and may not have, until that was said. */
  readonly refused: SparseSet<string> = new SparseSet()
  /** Whether the hello was said. */
  isAnnounced = false
  group: ReaderGroup | undefined
  /** How often it promised to show that it lives, in milliseconds. */
  heartbeat: number = Infinity
  /** The highest rev of its set. PROTOCOL.md, 9.1. */
  rev = 0
  /** How many changes of its set are being decided about. */
  changes = 0
  /** The newest change of its set that waits until fewer are. */
  nextChange: SetChange | undefined
  /** The seq of the last id that it was sent. */
  position = 0
  isClosed = false
  #isQuiet = true
  /** Up to which seq the first join has sent its channels. The feed may bring that too, even late. */
  #floor: number | undefined
  /** The same of the channels that joined later. */
  #floors: Map<string, number> | undefined
  /** The highest of all floors, until the feed has come so far; then 0. */
  #ceiling = 0
  readonly #host: ConnectionHost
  readonly #sink: Sink
  readonly #queue: FrameQueue

  constructor(id: string, reader: Reader, form: FrameForm, sink: Sink, host: ConnectionHost) {
    this.id = id
    this.reader = reader
    this.form = form
    this.#host = host
    this.#sink = sink
    this.#queue = new FrameQueue(sink, form, host.bounds, this)
  }

  /** What waits for it, in bytes. */
  get bufferedSize(): number {
    return this.#queue.size
  }

  /** Whether it gets the events of a channel from its group. */
  isLive(name: string): boolean {
    return this.channels.has(name) && !this.joining.has(name)
  }

  /** The channels whose events it gets from its group. */
  get live(): HubChannel[] {
    return [...this.channels.values()].filter(({ name }) => !this.joining.has(name))
  }

  /** Takes what its group brings: the frames, and as one text. */
  take(frames: readonly EventFrame[], text: SharedText): void {
    if (this.#ceiling > 0) return this.takeEach(frames)
    if (this.isClosed) return
    this.#isQuiet = false
    const last = frames.at(-1)
    if (last) this.position = last.entry.seq
    if (this.#queue.isClear) this.#queue.writeThrough(text)
    else for (const frame of frames) this.#queue.offer(frame)
  }

  /** Takes frames one by one. */
  takeEach(frames: readonly EventFrame[]): void {
    for (const frame of frames) {
      if (this.isClosed) return
      if (this.isPast(frame.channel, frame.entry.seq)) continue
      this.position = Math.max(this.position, frame.entry.seq)
      this.#queue.offer(frame)
    }
    if (this.#ceiling < (frames.at(-1)?.entry.seq ?? 0)) this.#ceiling = 0
  }

  /** Says something of the protocol's own, after all that its group has for it. */
  say(event: string, data: unknown, id?: string): void {
    this.group?.flush()
    this.pushText(formatFrame({ event, data, ...(id === undefined ? undefined : { id }) }))
  }

  /** Says that events of these channels are gone. PROTOCOL.md, 8.4. */
  lose(channels: readonly string[], id?: string): void {
    this.#host.onReset(this, channels)
    this.say(RESET, { channels }, id)
  }

  /**
   * Writes what is not to be lost, and cuts off a reader for which more than enough of that waits. A text with the same key
   * gives way.
   */
  pushText(text: string | SharedText, key?: string): void {
    if (!this.isClosed) this.#queue.say(typeof text === 'string' ? new SharedText(text) : text, key)
  }

  /** Writes an event of the past. What it returns, if anything, is to be awaited before the next: there is no room. */
  replay(text: SharedText): Promise<void> | undefined {
    if (!this.isClosed) this.#queue.push(text)
    return this.#queue.room()
  }

  /** Whether it has had what its channel published up to there. */
  isPast(channel: string, seq: number): boolean {
    return seq <= (this.#floors?.get(channel) ?? this.#floor ?? 0)
  }

  /** Whether an event is not for this reader. */
  isExcluded({ except }: LogEntry): boolean {
    return except !== undefined && isLeftOut(except, this.reader)
  }

  /** Adds a channel to its set, which is yet to be joined. */
  enter(channel: HubChannel): void {
    this.channels.set(channel.name, channel)
    this.joining.add(channel.name)
    channel.connections.add(this)
  }

  /** Makes joined channels live: from here on its group brings them, but for what they were sent up to `floor`. */
  goLive(names: Iterable<string>, floor: number): void {
    const isFirst = this.#floor === undefined
    this.#floor ??= floor
    this.#ceiling = Math.max(floor, this.#ceiling)
    for (const name of names) {
      this.joining.delete(name)
      if (!isFirst) this.#floors = (this.#floors ?? new Map<string, number>()).set(name, floor)
    }
    this.#host.regroup(this)
  }

  /** Takes channels out of its set. */
  leave(names: Iterable<string>): void {
    this.group?.flush()
    const left = [...names].flatMap((name) => this.channels.get(name) ?? [])
    this.#stopJoins(left.map(({ name }) => name))
    for (const channel of left) {
      const { name } = channel
      this.#queue.forget(name)
      this.channels.delete(name)
      this.joining.delete(name)
      this.#floors?.delete(name)
      channel.connections.delete(this)
      this.#host.onLeave(this, channel)
    }
    if (left.length > 0) this.#host.regroupSoon(this)
  }

  /** Says that channels are over, of which it has all up to a seq, and ends with the last of them. PROTOCOL.md, 8.5. */
  finish(names: readonly string[], upTo: number): void {
    this.say(END, { channels: names })
    this.leave(names)
    if (this.channels.size > 0 || this.reader.isManaged) return
    // It may be excluded from the last event, and would come back for it again and again.
    if (upTo > this.position) this.pushText(formatFrame({ id: this.#host.idOf(upTo) }))
    this.end({ reason: 'complete' })
  }

  /** Says why it ends, unless a poll has come to its end, and ends, after all that waits has left. */
  end(bye?: Bye, retry?: number): void {
    if (this.isClosed) return
    this.group?.flush()
    // What was pending may have been too much.
    if (this.isClosed) return
    if (retry !== undefined) this.#queue.push(new SharedText(formatFrame({ retry })))
    if (bye) this.#queue.push(new SharedText(formatFrame({ event: BYE, data: bye })))
    this.#queue.end()
    this.#settle()
    this.#host.onEnd(this, this.#sink.closed)
  }

  /** Ends at once: its reader has left, or is not to get anything more. */
  abort(): void {
    this.#queue.abort()
    this.#settle()
  }

  /** Cuts off a response that was ended and whose reader takes nothing. */
  cutOff(): void {
    this.abort()
    this.#sink.cutOff()
  }

  /** Tells it that its sink is ready again. */
  wake(): void {
    this.#queue.wake()
  }

  beat(): void {
    this.#host.beat(this)
  }

  /** Sends a heartbeat, unless something was sent since the last, or the reader takes nothing. */
  showLife(delivered: number, id: () => string): void {
    this.group?.flush()
    const isQuiet = this.#isQuiet
    this.#isQuiet = true
    if (!isQuiet || !this.#queue.isClear) return
    // Everything up to there was sent, unless a replay is under way. PROTOCOL.md, 7.5.
    if (this.joins.size > 0 || delivered <= this.position) return this.#queue.writeThrough(HEARTBEAT)
    this.position = delivered
    this.#queue.writeThrough(new SharedText(formatFrame({ id: id() })))
  }

  onOverflow(): void {
    this.#host.onOverflow(this)
    this.cutOff()
  }

  onDrop(frame: EventFrame): void {
    this.#host.onDrop(this, frame)
  }

  onCoalesce(frame: EventFrame): void {
    this.#host.onCoalesce(frame)
  }

  // What is pending now is dropped too: its ids are below that of the reset.
  onDrained(): void {
    this.group?.flush()
    const channels = [...this.#queue.recover()].filter((name) => this.channels.has(name))
    if (channels.length > 0) this.lose(channels, this.#host.deliveredId())
  }

  // The first of them runs. The others wait for it, which may be for long: none that nobody wants any more is kept.
  #stopJoins(names: readonly string[]): void {
    const [first] = this.joins
    for (const join of this.joins) {
      join.stop(names)
      if (join.isOver && join !== first) this.joins.delete(join)
    }
  }

  #settle(): void {
    if (this.isClosed) return
    this.isClosed = true
    for (const join of this.joins) join.end()
    this.leave([...this.channels.keys()])
    this.#host.regroup(this)
    this.#host.onClose(this)
  }
}

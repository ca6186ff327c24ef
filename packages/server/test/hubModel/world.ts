import type { Contract, SSEError } from '@tidewire/protocol'
import type { Connection } from '../../src/hub/connection.ts'
import { createSSEHub, insidesOf } from '../../src/hub/createSSEHub.ts'
import type { SSEHub } from '../../src/hub/sseHub.ts'
import { nextTurn } from '../../src/nextTurn.ts'
import { CHANNELS } from './channels.ts'
import { Chronicle } from './chronicle.ts'
import { Gatekeeper } from './gatekeeper.ts'
import { Journal } from './journal.ts'
import { Reader, type ReaderOptions } from './reader.ts'
import { ScriptedLog } from './scriptedLog.ts'
import { Wire } from './wire.ts'

/** How a run is set up. */
export interface Setting {
  readonly channels: readonly string[]
  /** The most that waits for a reader, in bytes. */
  readonly maxBufferSize: number
  /** Below how many waiting bytes a replay goes on. */
  readonly lowWaterMark: number
  /** The most that waits of what the hub itself says, in bytes. */
  readonly maxSaidSize: number
  /** The most events that a join hears while it reads the log. */
  readonly maxHeard: number
  /** What a response takes before it is not ready, in bytes. */
  readonly capacity: number
  /** How many events of the log are read at a time. */
  readonly pageSize: number
  /** Whether the log answers at once, to begin with. */
  readonly isPrompt: boolean
}

/** More than what an event has beside its payload, and the last words of a response. */
const MARGIN = 400

/** The most turns of the event loop until all is at rest: a replay may wait for one after each event. */
const MAX_TURNS = 5_000

export interface Publish {
  readonly channels: readonly string[]
  readonly event: string
  readonly except: readonly string[]
  readonly key: string
  readonly size: number
}

/** A hub with its log, its readers, and the means to make things happen in any order. */
export class World {
  readonly setting: Setting
  readonly chronicle: Chronicle
  readonly log: ScriptedLog
  readonly gatekeeper: Gatekeeper = new Gatekeeper()
  readonly readers: readonly Reader[]
  readonly door: ReturnType<typeof insidesOf>['door']
  readonly errors: SSEError[] = []
  trace: ((line: string) => void) | undefined
  readonly #hub: SSEHub<Contract, string>
  readonly #core: ReturnType<typeof insidesOf>['core']
  readonly #wires = new Set<Wire>()
  readonly #left: Wire[] = []
  #published = 0
  #largest = 0
  #failure: Error | undefined

  private constructor(setting: Setting, chronicle: Chronicle, log: ScriptedLog) {
    this.setting = setting
    this.chronicle = chronicle
    this.log = log
    log.pageSize = setting.pageSize
    log.isPrompt = setting.isPrompt
    this.#hub = createSSEHub({
      log,
      context: (request: Request) => request.headers.get('x-identity') ?? '',
      identify: (identity: string) => identity,
      limits: { maxBufferSize: setting.maxBufferSize },
      onError: (error) => void this.errors.push(error),
    })
    for (const name of setting.channels) {
      const authorize = (identity: string) => this.gatekeeper.decide(identity, name)
      this.#hub.channel(name, { ...CHANNELS[name], authorize })
    }
    const { door, core } = insidesOf(this.#hub)
    this.door = door
    this.#core = core
    core.bounds = {
      maxSize: setting.maxBufferSize,
      lowWaterMark: setting.lowWaterMark,
      maxSaidSize: setting.maxSaidSize,
      maxHeard: setting.maxHeard,
    }
    this.readers = [
      { identity: 'ann', origin: 'ann-1', isManaged: true },
      { identity: 'bob', origin: 'bob-1', isManaged: true },
      { identity: 'cat', origin: 'cat-1', isManaged: false },
    ].map((options) => new Reader(this, options))
  }

  static async open(setting: Setting): Promise<World> {
    const chronicle = new Chronicle()
    return new World(setting, chronicle, await ScriptedLog.open(chronicle))
  }

  wire(): Wire {
    const wire = new Wire(this.setting.capacity)
    this.#wires.add(wire)
    return wire
  }

  journal(name: string, { identity, origin, isManaged }: ReaderOptions): Journal {
    const isCoalesced = typeof CHANNELS[name]?.overflow === 'object'
    return new Journal(this.chronicle, name, isManaged ? [identity, origin] : [identity], isCoalesced)
  }

  publish({ channels, event, except, key, size }: Publish): void {
    const data = { n: ++this.#published, key, pad: 'ä'.repeat(size) }
    this.#largest = Math.max(this.#largest, Buffer.byteLength(JSON.stringify(data)))
    const [first = '', ...others] = channels
    const publisher = this.#hub.to(first, ...others)
    this.trace?.(`publish ${data.n} on ${channels.join(' ')} except ${except.join(' ')}`)
    void publisher.except(...except).send(event, data)
  }

  /** What waits for a connection, in bytes. */
  waitingFor(connection: string): number {
    return this.#core.connections.get(connection)?.bufferedSize ?? Infinity
  }

  /** A reader has left; the server has yet to learn of it. */
  leave(wire: Wire): void {
    this.#left.push(wire)
  }

  /** The server learns of a reader that has left. */
  notice(index: number): void {
    const [wire] = this.#left.splice(index % (this.#left.length || 1), 1)
    if (!wire) return
    wire.close()
    this.#wires.delete(wire)
  }

  /** The server learns of all readers that have left. */
  noticeAll(): void {
    while (this.#left.length > 0) this.notice(0)
  }

  /** It is time for the heartbeat of all connections of a reader, on which it is asked whether it still may read. */
  beat(reader: Reader): void {
    for (const connection of this.#core.connections.all()) {
      if (connection.reader.identity === reader.options.identity) connection.beat()
    }
  }

  turn(): Promise<void> {
    return new Promise(nextTurn)
  }

  /** Fails with what is under way. */
  watch(work: Promise<unknown>): void {
    work.catch((error: unknown) => (this.#failure = error as Error))
  }

  /** Fails if something that was under way has failed, or more waits for a reader than may. */
  check(): void {
    if (this.#failure) throw this.#failure
    const { maxBufferSize, lowWaterMark, maxSaidSize } = this.setting
    const largest = this.#largest + MARGIN
    // A replay goes one event beyond the mark, and one that comes late is said.
    const most = Math.max(maxBufferSize, lowWaterMark) + largest + Math.max(maxSaidSize, largest)
    for (const { writer, bufferedSize } of this.#wires) {
      const waiting = writer ? (writer as Connection).bufferedSize - bufferedSize : 0
      if (waiting > most) throw new Error(`For a reader waited ${waiting} bytes, more than ${most}.`)
    }
  }

  /** Lets everything that is under way arrive, and every reader come back. */
  async settle(): Promise<void> {
    this.log.isPrompt = true
    this.gatekeeper.isPrompt = true
    let seen = ''
    for (let quiet = 0, turns = 0; quiet < 4; turns++) {
      if (turns > MAX_TURNS) throw new Error('It never comes to rest.')
      this.log.settle()
      this.gatekeeper.settle()
      this.noticeAll()
      for (const reader of this.readers) {
        reader.read(Infinity, false)
        reader.read(Infinity, true)
        if (!reader.isConnected && reader.wantsMore) reader.open()
      }
      await this.turn()
      this.check()
      const now = this.readers
        .map((reader) => `${reader.connection} ${reader.isConnected} ${reader.marks.length} ${reader.received}`)
        .join()
      quiet = now === seen ? quiet + 1 : 0
      seen = now
    }
  }

  /** Settles, and expects every reader to have all. */
  async expectAll(): Promise<void> {
    await this.settle()
    for (const reader of this.readers) {
      reader.expectRetained()
      if (!this.log.hasLost) reader.expectAll(false)
    }
    const probe = { event: 'probe', except: [], key: 'probe', size: 0 }
    // The first brings up what was lost and has no successor; after that nobody has a reason for a reset.
    for (const isHealed of [false, true]) {
      for (const channel of this.setting.channels) {
        const before = this.#resets()
        this.publish({ ...probe, channels: [channel] })
        await this.settle()
        if (isHealed && this.#resets() > before)
          throw new Error(`A reset after an event of ${channel}, of which nothing was lost.`)
      }
    }
    for (const reader of this.readers) this.beat(reader)
    await this.settle()
    for (const reader of this.readers) reader.expectAll(true)
    const unexpected = this.errors.find(({ code }) => code !== 'overflow' && code !== 'log')
    if (unexpected) throw unexpected
  }

  async close(): Promise<void> {
    await this.#hub.close()
  }

  #resets(): number {
    return this.readers.flatMap(({ marks }) => marks).filter((mark) => mark.startsWith('reset')).length
  }
}

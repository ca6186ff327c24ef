import type { LogDraft, LogEntry, LogFeed, LogHead, LogListener, LogPage, SSELog } from '../../src/hub/log.ts'
import { createMemoryLog } from '../../src/hub/memoryLog.ts'
import type { Chronicle } from './chronicle.ts'

interface Call {
  /** Takes the call one way further: to the log, then back. Returns whether it was answered. */
  advance(): boolean
}

type Item = LogEntry | { readonly epoch: string } | 'lapse'

/** A log whose answers and whose feed are under way for as long as the model says. */
export class ScriptedLog implements SSELog {
  /** Whether nothing is under way for long. */
  isPrompt: boolean = true
  /** The most events that are read at a time. */
  pageSize: number = Infinity
  /** Whether its feed has ever missed something. */
  hasMissed: boolean = false
  /** Whether it was told nothing of that. */
  hasLost: boolean = false
  readonly #chronicle: Chronicle
  readonly #calls: Call[] = []
  readonly #followed = new Set<string>()
  #memory: SSELog
  #feed: LogFeed | undefined
  #listener: LogListener | undefined
  #pipe: Item[] = []
  #isCut = false

  private constructor(chronicle: Chronicle, memory: SSELog) {
    this.#chronicle = chronicle
    this.#memory = memory
  }

  static async open(chronicle: Chronicle): Promise<ScriptedLog> {
    const log = new ScriptedLog(chronicle, createMemoryLog({ now: () => chronicle.time }))
    chronicle.begin((await log.#memory.head()).epoch)
    return log
  }

  append(drafts: readonly LogDraft[]): ReturnType<SSELog['append']> {
    this.#chronicle.append(drafts)
    const appended = this.#memory.append(drafts)
    return this.isPrompt ? appended : this.#call(() => appended)
  }

  head(): Promise<LogHead> {
    return this.#call(() => this.#memory.head())
  }

  read(after: ReadonlyMap<string, number>, limit: number): Promise<LogPage> {
    return this.#call(() => this.#memory.read(after, Math.min(limit, this.pageSize)))
  }

  last(channels: readonly string[]): Promise<readonly LogEntry[]> {
    return this.#call(() => this.#memory.last(channels))
  }

  attach(listener: LogListener): LogFeed {
    this.#listener = listener
    this.#attach()
    return {
      follow: (channels) => {
        for (const channel of channels) this.#followed.add(channel)
        return this.#call(async () => this.#feed?.follow(channels.filter((channel) => this.#followed.has(channel))))
      },
      unfollow: (channels) => {
        for (const channel of channels) this.#followed.delete(channel)
        this.#feed?.unfollow(channels)
      },
      close: async () => this.#feed?.close(),
    }
  }

  async close(): Promise<void> {
    this.#listener = undefined
    await this.#memory.close()
  }

  /** Takes one of the calls that are under way one way further. */
  answer(index: number): void {
    const call = this.#calls[index % this.#calls.length]
    if (call?.advance()) this.#calls.splice(this.#calls.indexOf(call), 1)
  }

  /** Takes each of the calls that are under way one way further, but for the oldest. */
  overtake(): void {
    for (const call of this.#calls.slice(1)) if (call.advance()) this.#calls.splice(this.#calls.indexOf(call), 1)
  }

  /** Lets the feed say that it has missed something, from now on or since it was cut off. */
  lapse(): void {
    if (!this.#isCut) this.toggleCut()
    this.toggleCut()
    this.deliver(Infinity)
  }

  /** Hands on so much of the feed. */
  deliver(count: number): void {
    for (const item of this.#pipe.splice(0, count)) {
      if (item === 'lapse') this.#listener?.onLapse()
      else if ('epoch' in item) this.#listener?.onEpoch(item.epoch)
      else if (this.#followed.has(item.channel)) this.#listener?.onEntries([item])
    }
  }

  /** Cuts the feed off, or brings it back: what came meanwhile was missed. */
  toggleCut(): void {
    this.#isCut = !this.#isCut
    this.hasMissed = true
    if (this.#isCut) this.#pipe = this.#pipe.filter((item) => typeof item === 'object' && 'epoch' in item)
    else this.#push('lapse')
  }

  /** Loses one event of the feed, of which nobody is told. */
  lose(index: number): void {
    const at = index % (this.#pipe.length || 1)
    this.hasMissed = true
    this.hasLost = true
    if (typeof this.#pipe[at] === 'object' && 'seq' in this.#pipe[at]) this.#pipe.splice(at, 1)
  }

  /** Lets an event of the feed come once more, right after itself or later. */
  duplicate(index: number, later: number): void {
    const at = index % (this.#pipe.length || 1)
    const item = this.#pipe[at]
    if (typeof item === 'object' && 'seq' in item) this.#pipe.splice(at + 1 + later, 0, item)
  }

  /** Begins a new life of the log. What was under way in the feed may still come. */
  async restart(isFeedLost: boolean): Promise<void> {
    const memory = createMemoryLog({ now: () => this.#chronicle.time })
    const { epoch } = await memory.head()
    const before = this.#feed
    this.#memory = memory
    this.#chronicle.begin(epoch)
    this.#attach()
    void before?.close()
    if (isFeedLost) this.#pipe = []
    this.#isCut = false
    this.#push({ epoch })
    await this.#feed?.follow([...this.#followed])
  }

  /** Lets everything arrive that is under way. */
  settle(): void {
    if (this.#isCut) this.toggleCut()
    this.deliver(Infinity)
    while (this.#calls.length > 0) this.answer(0)
  }

  #attach(): void {
    this.#feed = this.#memory.attach({
      onEntries: (entries) => {
        for (const entry of entries) this.#push(entry)
      },
      onLapse() {},
      onEpoch() {},
      onError: (error) => {
        throw error
      },
    })
  }

  #push(item: Item): void {
    if (this.#isCut) return
    this.#pipe.push(item)
    if (this.isPrompt) this.deliver(Infinity)
  }

  #call<T>(ask: () => Promise<T>): Promise<T> {
    if (this.isPrompt) return ask()
    let asked: Promise<T> | undefined
    return new Promise<T>((resolve, reject) => {
      const advance = () => {
        if (!asked) {
          asked = ask()
          asked.catch(() => {})
          return false
        }
        asked.then(resolve, reject)
        return true
      }
      this.#calls.push({ advance })
    })
  }
}

import { createSSEHub, type SSEHub } from '@tidewire/server'

/** A row of the table. `n` grows over all writes, so it is a version too. */
export interface Row {
  readonly id: string
  readonly n: number
  /** Whether it is shown ahead of the server. */
  readonly isAhead?: boolean
}

/** A part of the table, for those who read on. */
export interface Page {
  readonly rows: readonly Row[]
  readonly next: number | null
}

/** What one row is asked for by. In an object, as nothing could say of null which position it has. */
export interface One {
  readonly row: Row | null
}

/** The rows of a page. */
export const PAGE_SIZE = 2

const MAX_FETCHES = 2000

/** What can be asked for. */
export type Endpoint = '/rows' | '/digest' | `/rows/${string}` | `/pages/${number}`

/** A database and its endpoints, whose writers publish what they have committed, in that order. */
export class Shop {
  readonly #table = new Map<string, number>()
  #n = 0
  #hub: SSEHub
  readonly #channels: { history: { maxEvents: number }; retain: false | 'last' }
  /** What is published one after the other. */
  #queue: Promise<unknown> = Promise.resolve()
  /** What a cache between has of each endpoint. */
  readonly #cached = new Map<string, Response>()
  readonly #held: (() => void)[] = []
  /** Whether answers are held back, and whether requests are. */
  isHeld = false
  isStalled = false
  /** How many of the next answers come out of a cache between, and how many fail. */
  old = 0
  failing = 0
  /** The requests that were answered. */
  fetches = 0

  /** `history` is how many events a hub keeps of a channel, and `retain` whether who comes gets the last one. */
  constructor(history: number, retain: boolean) {
    this.#channels = { history: { maxEvents: history }, retain: retain && 'last' }
    this.#hub = this.#open()
  }

  get hub(): SSEHub {
    return this.#hub
  }

  /** What is true. */
  get rows(): Row[] {
    return [...this.#table].map(([id, n]) => ({ id, n })).toSorted((a, b) => (a.id < b.id ? -1 : 1))
  }

  row(id: string): Row | null {
    const n = this.#table.get(id)
    return n === undefined ? null : { id, n }
  }

  page(at: number): Page {
    const { rows } = this
    const next = (at + 1) * PAGE_SIZE < rows.length ? at + 1 : null
    return { rows: rows.slice(at * PAGE_SIZE, (at + 1) * PAGE_SIZE), next }
  }

  /** Writes a row, and publishes that after some time. Returns the row. */
  write(id: string, delay = 0, except?: string): Row {
    const row = { id, n: ++this.#n }
    const event = this.#table.has(id) ? 'updated' : 'created'
    this.#table.set(id, row.n)
    this.#publish(event, row, delay, except)
    return row
  }

  /** Removes a row, and publishes that. Returns the version of that; undefined where there was no row. */
  remove(id: string): number | undefined {
    if (!this.#table.delete(id)) return undefined
    this.#publish('removed', { id, n: ++this.#n }, 0)
    return this.#n
  }

  /** Everything that was committed is published. */
  async settled(): Promise<void> {
    await this.#queue
  }

  /** The same, in a time that has to be moved on by hand. */
  async settledIn(advance: (time: number) => Promise<unknown>): Promise<void> {
    const settled = this.#queue.then(() => true)
    for (let i = 0; i < 100 && !(await Promise.race([settled, advance(10)])); i++);
  }

  /** Starts the hub anew, which knows nothing of what was before. */
  restart(): void {
    this.#queue = this.#queue.then(async () => {
      const old = this.#hub
      this.#hub = this.#open()
      await old.close()
    })
  }

  /** Lets the oldest answer go that is held back; all of them, where nothing is held back any more. */
  release(): void {
    this.#held.shift()?.()
    if (this.isHeld || this.isStalled) return
    for (const release of this.#held.splice(0)) release()
  }

  /** Answers as an HTTP endpoint does. */
  async answer(endpoint: Endpoint): Promise<Response> {
    // Who asks without an end would never let go of the one thread.
    if (++this.fetches > MAX_FETCHES) return new Promise(() => {})
    if (this.isStalled) await this.#holdUp()
    const fresh = (await this.#hub.snapshot(channelOf(endpoint), () => this.#load(endpoint))).toResponse()
    const cached = this.#cached.get(endpoint)
    const isOld = this.old > 0 && cached !== undefined
    const isFailing = this.failing > 0
    if (isOld) this.old--
    if (isFailing) this.failing--
    // It may answer with what it had; with the position that it had.
    const response = isOld ? cached : fresh
    this.#cached.set(endpoint, response.clone())
    if (this.isHeld) await this.#holdUp()
    return isFailing ? new Response(null, { status: 503 }) : response
  }

  async close(): Promise<void> {
    await this.#hub.close()
  }

  #load(endpoint: Endpoint): unknown {
    const [, kind, which = ''] = endpoint.split('/')
    if (kind === 'pages') return this.page(Number(which))
    if (kind === 'digest') return { rows: this.rows, count: this.#table.size }
    return which ? ({ row: this.row(which) } satisfies One) : this.rows
  }

  #holdUp(): Promise<void> {
    return new Promise((resolve) => this.#held.push(resolve))
  }

  #open(): SSEHub {
    const hub = createSSEHub()
    hub.channel('rows', this.#channels)
    hub.channel('rows/:id', this.#channels)
    return hub
  }

  #publish(event: string, data: Row, delay: number, except?: string): void {
    this.#queue = this.#queue.then(async () => {
      if (delay > 0) await new Promise((resolve) => setTimeout(resolve, delay))
      const all = this.#hub.to('rows', `rows/${data.id}`)
      await (except ? all.except(except) : all).send(event, data)
    })
  }
}

/** The channel that tells of changes of what an endpoint answers. */
export function channelOf(endpoint: Endpoint): string {
  return /^\/rows\/./.test(endpoint) ? endpoint.slice(1) : 'rows'
}

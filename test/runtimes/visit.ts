import { isDeepStrictEqual } from 'node:util'
import { BodyReader } from './bodyReader.ts'
import type { HostState, Observation } from './application/observation.ts'
import { type Asking, connect, type Connection } from './connection.ts'
import type { Host } from './hosts.ts'

/** How long a state may take to come about, in milliseconds. */
const PATIENCE = 5000

/** How long nothing has to be produced for a source to stand still, in milliseconds. */
const STILL = 100

/** A stream that a case reads. */
export interface Visited extends Omit<Connection, 'body'> {
  reader: BodyReader
}

let visits = 0

/** One case at a host: the streams that it opens, and what the server's side sees of them. */
export class Visit {
  readonly #origin: string
  readonly #id = `${process.pid}-${visits++}`
  readonly #heartbeat: number | undefined
  readonly #patience: number
  readonly #leave: (() => void)[] = []

  constructor({ origin, heartbeat }: Host, patience: number = PATIENCE) {
    this.#origin = origin
    this.#heartbeat = heartbeat
    this.#patience = patience
  }

  /** Opens a stream. Resolves with its head. */
  async open(route: string, asking: Asking & { query?: Record<string, string> } = {}): Promise<Visited> {
    const controller = new AbortController()
    const timer = setTimeout(() => controller.abort(), this.#patience)
    const given = { signal: controller.signal, ...asking }
    const connected = connect(this.#address(route, asking.query), given).finally(() => clearTimeout(timer))
    const { body, leave, ...rest } = await connected
    this.#leave.push(leave)
    return { ...rest, leave, reader: new BodyReader(body) }
  }

  /** Opens a stream and reads it to its end. */
  async read(route: string, asking?: Asking & { query?: Record<string, string> }): Promise<string> {
    const { reader } = await this.open(route, asking)
    return reader.rest()
  }

  /** Lets the source go on. */
  async release(): Promise<void> {
    await this.#ask('release')
  }

  /** Gives the hub of this case an order. Resolves with its answer. */
  order(route: string, query?: Record<string, string>): Promise<unknown> {
    return this.#ask(route, query)
  }

  /** What the server's side sees of this case. */
  state(): Promise<Observation> {
    return this.#ask('state') as Promise<Observation>
  }

  /** Waits until the server's side sees what is expected. */
  sees(expected: (state: Observation) => boolean): Promise<Observation> {
    return this.#poll(() => this.state(), expected)
  }

  /** Waits until the number of events that were produced stands still. */
  async standsStill(): Promise<number> {
    let produced = -1
    let since = 0
    await this.sees((state) => {
      if (state.produced !== produced || produced === 0) since = performance.now()
      produced = state.produced
      return performance.now() - since > STILL
    })
    return produced
  }

  /** What the host does, in all. */
  host(): Promise<HostState> {
    return this.#ask('host') as Promise<HostState>
  }

  /** Waits until the host does no more than what is expected. */
  async hostDoes(expected: Partial<HostState>): Promise<void> {
    await this.#poll(
      () => this.host(),
      (state) => isDeepStrictEqual({ ...state, ...expected }, state),
    )
  }

  /** Leaves what is still open. */
  end(): void {
    for (const leave of this.#leave) leave()
  }

  async #ask(route: string, query?: Record<string, string>): Promise<unknown> {
    const { body } = await connect(this.#address(route, query))
    return JSON.parse(await new BodyReader(body).rest())
  }

  #address(route: string, query?: Record<string, string>): string {
    const search = new URLSearchParams({ case: this.#id, ...query })
    if (this.#heartbeat) search.set('heartbeat', String(this.#heartbeat))
    return `${this.#origin}/${route}?${search}`
  }

  async #poll<T>(ask: () => Promise<T>, expected: (state: T) => boolean): Promise<T> {
    const begin = performance.now()
    for (;;) {
      const state = await ask()
      if (expected(state)) return state
      if (performance.now() - begin > this.#patience) throw new Error(`It stays at ${JSON.stringify(state)}.`)
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
  }
}

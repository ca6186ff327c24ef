import type { HubAnswer } from '../../src/hub/answer.ts'
import { Blocks, type Block } from './blocks.ts'
import { type Chronicle, isAfter, type Place } from './chronicle.ts'
import type { Wire } from './wire.ts'

/** What a channel was asked for with. */
export interface Asked {
  readonly at: Place | undefined
  /** Whether what came after that was gone already. */
  readonly isGone: boolean
  readonly head: Place
  /** When that was, by the gatekeeper's time. */
  readonly time: number
}

/** One response, from its request on, as its reader sees it. */
export class Link {
  readonly asked: ReadonlyMap<string, Asked>
  readonly wire: Wire
  answer: HubAnswer | undefined
  isClosed: boolean = false
  /** The id of the connection: known from the hello on. */
  connection: string = ''
  /** Whether the verdicts of the hello count: from the first id on. */
  isOpen: boolean = false
  /** The set that the server was told last. */
  readonly set: Set<string>
  rev: number = 0
  /** How many bytes were read. */
  received: number = 0
  /** Up to where in the stream channels that were left may be found: what waited when that was answered. */
  readonly left: Map<string, { readonly rev: number; readonly upTo: number }> = new Map()
  /** The channels that are inside a catch-up, wanted or not. */
  readonly catching: Set<string> = new Set()
  /** The channels of which nothing may come any more, unless they join again. */
  readonly over: Set<string> = new Set()
  /** Up to where another response had brought events when this one took over. */
  readonly overlap: Map<string, Place> = new Map()
  readonly #chronicle: Chronicle
  readonly #blocks = new Blocks()
  #last: Place | undefined

  constructor(chronicle: Chronicle, asked: ReadonlyMap<string, Asked>, wire: Wire) {
    this.#chronicle = chronicle
    this.asked = asked
    this.set = new Set(asked.keys())
    this.wire = wire
  }

  /** Whether it is at its end. */
  get isOver(): boolean {
    return this.answer !== undefined && (this.answer instanceof Response || this.wire.isOver)
  }

  read(count: number): Block[] {
    const bytes = this.wire.take(count)
    this.received += bytes.byteLength
    return this.#blocks.add(bytes)
  }

  /** Reads an id that moves the base: they leave in order. PROTOCOL.md, 7.2. */
  next(id: string, isEvent: boolean): Place {
    const place = this.#chronicle.place(id)
    if (this.#last && !isAfter(place, this.#last) && (isEvent || isAfter(this.#last, place))) {
      throw new Error(`The id ${place.seq} came after ${this.#last.seq}.`)
    }
    this.#last = place
    return place
  }
}

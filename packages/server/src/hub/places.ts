import { addressBlock } from './addressBlock.ts'
import type { Reader } from './connection.ts'
import type { HubSettings } from './hubSettings.ts'

/** How long a place is kept for a response that nobody reads, in milliseconds. A framework may drop it without a word. */
const KEPT = 10_000

/** What has no place left: the whole hub, or a reader's identity or address. */
export type Full = 'hub' | 'reader'

/**
 * The places of a hub's readers. One is taken before anything is decided about a request and kept until its response begins, so
 * that no number of requests at once passes a limit.
 */
export class Places {
  readonly #limits: HubSettings['limits']
  /** How many requests there are of which it is yet to be known who makes them. */
  #strangers = 0
  readonly #taken = new Set<Reader>()
  /** Those whose responses are yet to begin, the oldest first, and until when they may. */
  readonly #kept = new Map<Reader, number>()
  readonly #identities = new Map<string, number>()
  readonly #addresses = new Map<string, number>()

  constructor(limits: HubSettings['limits']) {
    this.#limits = limits
  }

  /** A request has come. Returns whether there is a place for it, which it has until `leave`. */
  enter(): boolean {
    this.#forget()
    if (this.#isFull) return false
    this.#strangers++
    return true
  }

  /** A request is known by its reader from now on, or over. */
  leave(): void {
    this.#strangers--
  }

  /** Takes a place for a reader about whom it is decided now. Returns what is full instead. */
  take(reader: Reader): Full | undefined {
    this.#forget()
    const full = this.#findFull(reader)
    if (full) return full
    this.#taken.add(reader)
    add(this.#identities, reader.identity, 1)
    add(this.#addresses, blockOf(reader), 1)
    return undefined
  }

  /** A reader is answered: it has its place for as long as that may take to begin. */
  keep(reader: Reader): void {
    this.#kept.set(reader, performance.now() + KEPT)
  }

  /** The reader's response begins. Returns whether there is a place for it; it may have come late. */
  settle(reader: Reader): boolean {
    const isTaken = this.#taken.has(reader) || this.take(reader) === undefined
    this.#kept.delete(reader)
    return isTaken
  }

  /** Gives a place back. */
  release(reader: Reader): void {
    if (!this.#taken.delete(reader)) return
    this.#kept.delete(reader)
    add(this.#identities, reader.identity, -1)
    add(this.#addresses, blockOf(reader), -1)
  }

  get #isFull(): boolean {
    return this.#strangers + this.#taken.size >= this.#limits.maxConnections
  }

  #findFull(reader: Reader): Full | undefined {
    if (this.#isFull) return 'hub'
    const { maxConnectionsPerIdentity, maxConnectionsPerAddress } = this.#limits
    const ofIdentity = countOf(this.#identities, reader.identity)
    const ofAddress = countOf(this.#addresses, blockOf(reader))
    return ofIdentity >= maxConnectionsPerIdentity || ofAddress >= maxConnectionsPerAddress ? 'reader' : undefined
  }

  #forget(): void {
    const now = performance.now()
    for (const [reader, until] of this.#kept) {
      if (until > now) return
      this.release(reader)
    }
  }
}

function blockOf({ address }: Reader): string | undefined {
  return address === undefined ? undefined : addressBlock(address)
}

function countOf(counts: ReadonlyMap<string, number>, key: string | undefined): number {
  return key === undefined ? 0 : (counts.get(key) ?? 0)
}

function add(counts: Map<string, number>, key: string | undefined, change: 1 | -1): void {
  if (key === undefined) return
  const count = (counts.get(key) ?? 0) + change
  if (count > 0) counts.set(key, count)
  else counts.delete(key)
}

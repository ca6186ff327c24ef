import { type ChannelObserver, createChannelObserver, type SSEClient, type SSEMessage } from '@tidewire/client'
import type { ChannelFacts } from './part.ts'

/**
 * A component that makes a list of a channel, by a function that is new whenever it is shown: every number that was published
 * since it began, once and in order, or word of a gap; also over the times for which it was put aside.
 */
export class Component {
  readonly facts: ChannelFacts
  /** What it was told, for whoever reads of a failure. */
  readonly log: string[] = []
  readonly #observer: ChannelObserver
  readonly #onFailure: (error: Error) => void
  /** The number of the event before the first that it may get. */
  #begin: number
  #leave: (() => void) | undefined
  #isTold = false
  /** Whether its list has a hole of which it is to be told when it is shown again. */
  #isOwed = false

  constructor(client: SSEClient, facts: ChannelFacts, onFailure: (error: Error) => void) {
    this.facts = facts
    this.#onFailure = onFailure
    this.#begin = facts.begin ?? facts.published
    this.#observer = createChannelObserver(client, facts.name, this.#options())
    this.show()
  }

  get isShown(): boolean {
    return this.#leave !== undefined
  }

  /** Whether it is to get everything. */
  get isIn(): boolean {
    return this.isShown && this.status !== 'closed'
  }

  get status(): string {
    return this.#observer.getSnapshot().status
  }

  show(): void {
    this.log.push('shown')
    const { facts } = this
    facts.begin = Math.min(facts.begin ?? this.#begin, this.#begin)
    this.#observer.setOptions(facts.name, this.#options())
    this.#leave ??= this.#observer.subscribe(() => {})
    if (this.status === 'closed') this.#observer.open()
  }

  putAside(): void {
    this.log.push('aside')
    this.#leave?.()
    this.#leave = undefined
  }

  check(): void {
    if (this.isShown && this.#isOwed) this.#fail('was not told of what it has missed')
  }

  /** Has all that was published. */
  expectAll(): void {
    const list = this.#observer.getSnapshot().data as readonly number[]
    if (this.status !== 'open') this.#fail(`is ${this.status}`)
    if (list.at(-1) !== this.facts.published) this.#fail(`shows ${list.join()}`)
  }

  #options(): object {
    return {
      initialData: [],
      reduce: (list: readonly number[], { data }: SSEMessage) => this.#add(list, data as number),
      onGap: () => {
        this.log.push('gap')
        this.#isTold = this.facts.isTold = true
        this.#isOwed = false
      },
      onClose: (reason: string) => {
        this.log.push(reason)
        const { facts } = this
        // Nothing of before is given to who comes back.
        if (reason !== 'manual') facts.begin = undefined
        if (reason === 'denied' || reason === 'revoked') this.#begin = facts.published
      },
    }
  }

  #add(list: readonly number[], n: number): readonly number[] {
    const { facts } = this
    const last = list.at(-1)
    this.log.push(String(n))
    if (n > facts.published) this.#fail(`heard ${n}, which was not published`)
    if (last !== undefined && (n < last || (n === last && !facts.isRetained))) this.#fail(`heard ${n} after ${last}`)
    if (last !== undefined && n > last + 1 && !this.#isTold) {
      if (this.isShown) this.#fail(`missed what is between ${last} and ${n}`)
      this.#isOwed = true
    }
    this.#isTold = facts.isTold = false
    return [...list.slice(-8), n]
  }

  // A callback that throws would stop nobody.
  #fail(what: string): void {
    this.#onFailure(
      new Error(`A component of ${this.facts.name}, of ${this.facts.published}, ${what}: ${this.log.join(', ')}.`),
    )
  }
}

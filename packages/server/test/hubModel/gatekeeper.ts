/** Says who may follow what: at once, or later what was so when it was asked. */
export class Gatekeeper {
  isPrompt: boolean = true
  /** How often something was permitted or refused. */
  time: number = 0
  /** Since when each reader may follow a channel no longer; Infinity where it may. */
  readonly #refusedAt = new Map<string, number>()
  readonly #undecided: (() => void)[] = []

  permit(identity: string, channel: string, isAllowed: boolean): void {
    this.time++
    if (this.isAllowed(identity, channel) !== isAllowed) {
      this.#refusedAt.set(`${identity} ${channel}`, isAllowed ? Infinity : this.time)
    }
  }

  isAllowed(identity: string, channel: string): boolean {
    return !((this.#refusedAt.get(`${identity} ${channel}`) ?? Infinity) < Infinity)
  }

  /** Whether the reader was allowed to follow the channel at any time since then. */
  wasAllowed(identity: string, channel: string, since: number): boolean {
    return (this.#refusedAt.get(`${identity} ${channel}`) ?? Infinity) > since
  }

  /** Whether the reader was ever refused the channel: the server may have seen so on a response that it has left already. */
  wasRefused(identity: string, channel: string): boolean {
    return this.#refusedAt.has(`${identity} ${channel}`)
  }

  decide(identity: string, channel: string): boolean | Promise<boolean> {
    const isAllowed = this.isAllowed(identity, channel)
    if (this.isPrompt) return isAllowed
    return new Promise((resolve) => this.#undecided.push(() => resolve(isAllowed)))
  }

  /** Lets one decision come out. */
  answer(index: number): void {
    const [decide] = this.#undecided.splice(index % (this.#undecided.length || 1), 1)
    decide?.()
  }

  settle(): void {
    while (this.#undecided.length > 0) this.answer(0)
  }
}

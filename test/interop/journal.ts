/** Something that has happened. */
export interface Change {
  readonly id: string
  readonly status: string
}

/** What has happened to an order: every server streams it in its own way. */
export class Journal {
  readonly #changes: Change[] = []
  #isClosed = false
  #news = Promise.withResolvers<void>()

  /** How many follow it now. */
  followers = 0

  record(...statuses: string[]): void {
    for (const status of statuses) this.#changes.push({ id: String(this.#changes.length + 1), status })
    this.#wake()
  }

  /** Nothing more will happen. Who follows it ends with the last change. */
  close(): void {
    this.#isClosed = true
    this.#wake()
  }

  /** Whether nothing will come after a position. */
  isOver(position: string): boolean {
    return this.#isClosed && Number(position) >= this.#changes.length
  }

  /** All that has happened since a position, and all that will. */
  after(position: string): AsyncIterableIterator<Change> & { return: () => Promise<IteratorResult<Change>> } {
    let next = Number(position)
    let isOver = false
    this.followers++
    const leave = async () => {
      if (!isOver) this.followers--
      isOver = true
      this.#wake()
      return { done: true, value: undefined } as const
    }
    return {
      next: async () => {
        for (;;) {
          const value = this.#changes[next]
          if (isOver || (!value && this.#isClosed)) return leave()
          if (value) {
            next++
            return { done: false, value }
          }
          await this.#news.promise
        }
      },
      return: leave,
      [Symbol.asyncIterator]() {
        return this
      },
    }
  }

  #wake(): void {
    this.#news.resolve()
    this.#news = Promise.withResolvers()
  }
}

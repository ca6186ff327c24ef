import type { Readable } from 'node:stream'

/** What a body may begin with, where its runtime sends no head without one. PROTOCOL.md, 1.1. */
const OPENING = ':\n\n'

/** Reads a body only when it is told to: what is not asked for stays with the server. */
export class BodyReader {
  readonly #body: Readable
  readonly #decoder = new TextDecoder()
  #text = ''
  #isBegun = false
  #isOver = false
  #error: Error | undefined
  #wake = (): void => {}

  constructor(body: Readable) {
    this.#body = body
    const over = (error?: Error): void => {
      this.#isOver = true
      this.#error ??= error
      this.#wake()
    }
    body.on('end', () => over())
    body.on('close', () => over(body.readableEnded ? undefined : new Error('The response was cut off.')))
    body.on('error', over)
  }

  /** Reads to the end of a text, and returns all up to there. */
  async until(ending: string): Promise<string> {
    let from = 0
    for (;;) {
      const index = this.#text.indexOf(ending, from)
      if (index >= 0) return this.#take(index + ending.length)
      from = Math.max(0, this.#text.length - ending.length)
      if (!(await this.#readMore()))
        throw new Error(`The response ended before ${JSON.stringify(ending)}: ${this.#text}`)
    }
  }

  /** Reads to the end. Rejects where the response was cut off. */
  async rest(): Promise<string> {
    while (await this.#readMore());
    if (this.#error) throw this.#error
    return this.#take(this.#text.length)
  }

  #begin(): void {
    if (this.#isBegun || this.#text.length < OPENING.length) return
    this.#isBegun = true
    if (this.#text.startsWith(OPENING)) this.#text = this.#text.slice(OPENING.length)
  }

  #take(length: number): string {
    const taken = this.#text.slice(0, length)
    this.#text = this.#text.slice(length)
    return taken
  }

  async #readMore(): Promise<boolean> {
    for (;;) {
      const chunk = this.#body.read() as Buffer | null
      if (chunk) {
        this.#text += this.#decoder.decode(chunk, { stream: true })
        this.#begin()
        return true
      }
      if (this.#isOver) return false
      await new Promise<void>((resolve) => {
        this.#wake = resolve
        this.#body.once('readable', resolve)
      })
      this.#body.removeAllListeners('readable')
    }
  }
}

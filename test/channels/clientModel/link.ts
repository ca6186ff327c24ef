// What a hub calls them. PROTOCOL.md, 8.1 and 9.3.
const [HELLO, CATCHUP, LIVE] = ['sse.hello', 'sse.catchup', 'sse.live']

/** One block of text on its way. */
interface Block {
  readonly text: string
  /** `live`: it may change places with what others catch up with. */
  readonly kind: 'live' | 'caught-up' | 'reserved'
  readonly event: string
  readonly hasId: boolean
  /** The channels that it is about. */
  readonly channels: readonly string[]
}

/** A response on its way from a hub to a client, block by block. */
export class Link {
  readonly body: ReadableStream<Uint8Array>
  /** What is on its way. */
  blocks: Block[] = []
  isOver = false
  /** The channels that have begun, and of which the client does not know yet where they are. */
  readonly unplaced = new Set<string>()
  readonly #onLoss: (link: Link) => void
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>
  readonly #decoder = new TextDecoder()
  readonly #catchingUp = new Set<string>()
  #controller!: ReadableStreamDefaultController<Uint8Array>
  #rest = ''
  #isEnded = false

  constructor(body: ReadableStream<Uint8Array>, onLoss: (link: Link) => void) {
    this.#onLoss = onLoss
    this.#reader = body.getReader()
    this.body = new ReadableStream<Uint8Array>({
      start: (controller) => {
        this.#controller = controller
      },
      cancel: () => this.#leave(),
    })
    void this.#pump()
  }

  /** Hands on so many blocks, in one chunk or each in its own. */
  handOn(count: number, isTogether: boolean): void {
    const blocks = this.blocks.splice(0, count)
    for (const block of blocks) this.#follow(block)
    const texts = blocks.map(({ text }) => text)
    const chunks = isTogether ? [texts.join('')] : texts
    for (const chunk of chunks) if (!this.isOver && chunk) this.#controller.enqueue(new TextEncoder().encode(chunk))
    if (!this.#isEnded || this.isOver || this.blocks.length > 0) return
    this.isOver = true
    this.#controller.close()
  }

  /** Lets an event come twice. */
  repeat(): void {
    const at = this.blocks.findIndex(({ kind, hasId }) => kind !== 'reserved' && hasId)
    const block = this.blocks[at]
    if (block) this.blocks.splice(at, 0, block)
  }

  /** Lets what one channel catches up with change places with what another publishes. PROTOCOL.md, 9.3. */
  swap(index: number): void {
    const at = this.blocks.length > 0 ? index % this.blocks.length : 0
    const [a, b] = [this.blocks[at], this.blocks[at + 1]]
    if (!a || !b || a.kind === b.kind || [a.kind, b.kind].includes('reserved')) return
    this.blocks.splice(at, 2, b, a)
  }

  /** Breaks. Returns what tells the hub of it, when that is to learn of it. */
  cut(): (() => void) | undefined {
    if (this.isOver) return undefined
    this.isOver = true
    this.blocks = []
    this.#onLoss(this)
    this.#controller.error(new TypeError('socket hang up'))
    return () => void this.#reader.cancel().catch(() => {})
  }

  /** Retained values come without a position. PROTOCOL.md, 8.1 and 9.3. */
  #follow({ event, kind, hasId, channels }: Block): void {
    if (event === LIVE) for (const name of channels) this.unplaced.delete(name)
    else if (event === HELLO && !hasId) for (const name of channels) this.unplaced.add(name)
    else if (kind === 'caught-up' && !hasId) for (const name of channels) this.unplaced.add(name)
    else if (kind !== 'caught-up' && hasId) this.unplaced.clear()
  }

  #leave(): void {
    if (!this.isOver) this.#onLoss(this)
    this.isOver = true
    this.blocks = []
    void this.#reader.cancel().catch(() => {})
  }

  async #pump(): Promise<void> {
    for (;;) {
      const { done, value } = await this.#reader.read().catch(() => ({ done: true, value: undefined }))
      if (done) break
      const texts = (this.#rest + this.#decoder.decode(value, { stream: true })).split('\n\n')
      this.#rest = texts.pop() ?? ''
      if (!this.isOver) this.blocks.push(...texts.map((text) => this.#block(`${text}\n\n`)))
    }
    this.#isEnded = true
  }

  #block(text: string): Block {
    const [, event = ''] = /^event: (.*)$/m.exec(text) ?? []
    const [, data = '{}'] = /^data: (.*)$/m.exec(text) ?? []
    const hasId = /^id: /m.test(text)
    if (!event.startsWith('sse.')) {
      const name = event.slice(0, Math.max(0, event.indexOf('#')))
      return { text, event, hasId, kind: this.#catchingUp.has(name) ? 'caught-up' : 'live', channels: [name] }
    }
    const { channels = {} } = JSON.parse(data) as { channels?: string[] | Record<string, string> }
    const names = Array.isArray(channels) ? channels : Object.keys(channels)
    if (event === CATCHUP) for (const name of names) this.#catchingUp.add(name)
    if (event === LIVE) for (const name of names) this.#catchingUp.delete(name)
    return { text, event, hasId, kind: 'reserved', channels: names }
  }
}

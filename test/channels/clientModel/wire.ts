import { turn } from './clock.ts'
import { Link } from './link.ts'

/** A change of a set on its way. */
interface Post {
  readonly request: Request
  answer: Promise<Response> | undefined
  readonly settle: (response: Response | PromiseLike<Response>) => void
  readonly fail: (error: unknown) => void
}

/** What may become of a change. */
export type PostStep = 'take' | 'answer' | 'lose' | 404 | 503 | 429

/** The way between a client and a hub, on which everything may be late, come twice, or be lost. */
export class Wire {
  /** The hub at its other end. */
  hub: { fetch: (request: Request) => Promise<Response> }
  /** Whether everything arrives at once. */
  isPrompt = true
  /** How many requests for streams there were. */
  opened = 0
  /** Whether any change was not taken: then there is another request, after a while. */
  hasRefused = false
  readonly #links = new Set<Link>()
  readonly #posts: Post[] = []
  readonly #heads: (() => void)[] = []
  readonly #notices: (() => void)[] = []
  readonly #onLoss: (channel: string) => void

  /** `onLoss` is told of channels of which a client that has lost its connection does not know where they were. */
  constructor(hub: Wire['hub'], onLoss: (channel: string) => void) {
    this.hub = hub
    this.#onLoss = onLoss
  }

  /** Whether anything is on its way. */
  get isBusy(): boolean {
    return this.#posts.length > 0 || this.#heads.length > 0 || [...this.#links].some(({ blocks }) => blocks.length > 0)
  }

  readonly fetch: typeof globalThis.fetch = async (input, init) => {
    const request = new Request(input, init)
    if (request.method === 'POST') return this.#post(request)
    this.opened++
    if (!this.isPrompt) await new Promise<void>((resolve) => this.#heads.push(resolve))
    request.signal.throwIfAborted()
    const response = await this.hub.fetch(request)
    if (!response.body || response.status !== 200) return response
    const link = new Link(response.body, ({ unplaced }) => unplaced.forEach(this.#onLoss))
    this.#links.add(link)
    return new Response(link.body, response)
  }

  /** Lets requests for streams and so many blocks of each response arrive. */
  deliver(count: number, isTogether: boolean): void {
    for (const arrive of this.#heads.splice(0)) arrive()
    for (const link of this.#links) {
      link.handOn(count, isTogether)
      if (link.isOver) this.#links.delete(link)
    }
  }

  repeat(): void {
    for (const link of this.#links) link.repeat()
  }

  swap(index: number): void {
    for (const link of this.#links) link.swap(index)
  }

  /** Breaks all connections after so many more blocks. */
  async cut(after: number): Promise<void> {
    this.deliver(after, true)
    // What has arrived is read.
    await turn()
    for (const link of this.#links) {
      const notice = link.cut()
      if (notice) this.#notices.push(notice)
    }
    this.#links.clear()
  }

  /** Lets the hub learn of connections that have broken. */
  notice(): void {
    for (const notice of this.#notices.splice(0)) notice()
  }

  /** Makes something of the oldest change that is under way. */
  advance(step: PostStep): void {
    const [post] = this.#posts
    if (!post) return
    if (step === 'take') {
      post.answer ??= this.hub.fetch(post.request)
      return
    }
    this.#posts.shift()
    this.hasRefused ||= step !== 'answer'
    if (step === 'answer') post.settle(post.answer ?? this.hub.fetch(post.request))
    else if (step === 'lose') post.fail(new TypeError('socket hang up'))
    else post.settle(new Response(null, { status: step }))
  }

  /** Lets everything arrive. */
  flush(): void {
    while (this.#posts.length > 0) this.advance('answer')
    this.deliver(Infinity, false)
    this.notice()
  }

  #post(request: Request): Promise<Response> {
    return new Promise((settle, fail) => {
      this.#posts.push({ request, answer: undefined, settle, fail })
      if (this.isPrompt) this.flush()
    })
  }
}

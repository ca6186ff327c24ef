import { EVENT_STREAM, type SSEError } from '@tidewire/protocol'
import type { Wants } from './messages.ts'

/** How many characters are taken before the leader hears of it. */
const TAKEN_STEP = 64 * 1024

const encoder = new TextEncoder()

type Settle = [resolve: (response: Response | undefined) => void, reject: (reason: unknown) => void]

/** What a session needs of its tab. */
export interface TabSessionHost {
  /** So many characters more were taken. */
  onTaken: (size: number) => void
  /** Nobody wants it any more. */
  onCancel: () => void
}

/** One request of this tab's client, and the response that a leader writes. */
export class TabSession {
  readonly id: string
  readonly wants: Wants
  /** Undefined where it has to be asked for without the others. */
  readonly response: Promise<Response | undefined>
  /** Whether a leader has answered. */
  isOpen = false
  readonly #settle: Settle
  #controller!: ReadableStreamDefaultController<Uint8Array>
  readonly #host: TabSessionHost
  #text = ''
  #taken = 0
  #isWanted = false
  /** Nothing more can be handed over. */
  #isOver = false
  #end: { readonly error: SSEError | undefined } | undefined

  constructor(id: string, wants: Wants, host: TabSessionHost) {
    this.id = id
    this.wants = wants
    this.#host = host
    let settle!: Settle
    this.response = new Promise((...given) => {
      settle = given
    })
    this.#settle = settle
    // It may be given up before anybody looks.
    this.response.catch(() => {})
  }

  /** Adds to the response, which begins with it. */
  push(text: string): void {
    this.#begin()
    this.#text += text
    this.#flow()
  }

  /** The response is over when all of it is taken. With an error it fails. */
  end(error?: SSEError): void {
    this.#end ??= { error }
    if (error && !this.isOpen) this.#settle[1](error)
    else this.#begin()
    this.#flow()
  }

  /** It cannot be shared. */
  giveUp(): void {
    this.#isOver = true
    this.#settle[0](undefined)
  }

  /** Nobody wants it any more. */
  cancel(reason: unknown): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#settle[1](reason)
    if (this.isOpen) this.#controller.error(reason)
  }

  #begin(): void {
    if (this.isOpen) return
    this.isOpen = true
    const source: UnderlyingDefaultSource<Uint8Array> = {
      start: (controller) => {
        this.#controller = controller
      },
      pull: () => {
        this.#isWanted = true
        this.#flow()
      },
      cancel: () => {
        this.#isOver = true
        this.#host.onCancel()
      },
    }
    const body = new ReadableStream(source, { highWaterMark: 0 })
    this.#settle[0](new Response(body, { headers: { 'Content-Type': EVENT_STREAM } }))
  }

  /** Hands over what there is, as soon as it is asked for. */
  #flow(): void {
    if (!this.#isWanted || this.#isOver) return
    const text = this.#text
    if (text) {
      this.#isWanted = false
      this.#text = ''
      this.#controller.enqueue(encoder.encode(text))
      this.#taken += text.length
      if (this.#taken < TAKEN_STEP) return
      this.#host.onTaken(this.#taken)
      this.#taken = 0
    } else if (this.#end) {
      this.#isOver = true
      const { error } = this.#end
      if (error) this.#controller.error(error)
      else this.#controller.close()
    }
  }
}

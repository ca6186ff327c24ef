import type { UploadResult } from '../src/shared/contract.ts'
import { type Bell, createBell } from './bell.ts'
import type { HTTPFailure } from './http.ts'

/** One upload, from its announcement until it is forgotten. */
export class Upload {
  readonly id: string
  /** Bytes to come, as announced. */
  readonly total: number
  /** Bytes that have arrived. */
  loaded = 0
  /** Whether a request has claimed it. Only one may. */
  claimed = false
  #result: UploadResult | undefined
  #failure: HTTPFailure | undefined
  readonly #bell: Bell = createBell()
  readonly #aborter = new AbortController()

  constructor(id: string, total: number) {
    this.id = id
    this.total = total
  }

  get ended(): boolean {
    return this.#result !== undefined || this.#failure !== undefined
  }

  /** What came of it. Throws its failure. */
  get result(): UploadResult | undefined {
    if (this.#failure) throw this.#failure
    return this.#result
  }

  /** Aborts when the upload is to be stopped; its reason is the failure. */
  get signal(): AbortSignal {
    return this.#aborter.signal
  }

  /** Stops the upload, whoever sends it. */
  abort(failure: HTTPFailure): void {
    this.#aborter.abort(failure)
  }

  receive(bytes: number): void {
    this.loaded += bytes
    this.#bell.ring()
  }

  succeed(result: UploadResult): void {
    if (!this.ended) this.#result = result
    this.#bell.ring()
  }

  fail(failure: HTTPFailure): void {
    if (!this.ended) this.#failure = failure
    this.#bell.ring()
  }

  /** Resolves when something has changed, or as soon as the signal is aborted. */
  changed(signal: AbortSignal): Promise<void> {
    return this.#bell.next(signal)
  }
}

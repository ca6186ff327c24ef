import { SSEError, type SSEErrorCode } from '@tidewire/protocol'
import { isTransient, MAX_FLOOR } from '../backoff.ts'
import { discard, eventStreamBody } from '../response.ts'
import type { AnyOptions } from '../stream.ts'
import type { Channel } from './channel.ts'
import type { ChannelSet } from './channelSet.ts'

/** How long an answer may take, in milliseconds. Then the connection is made anew, which says the same. */
const TIMEOUT = 10_000

/** The answers of a hub that takes no such change, however it is asked. */
const HOPELESS: readonly unknown[] = [400, 413]

/** The answers that a new connection may mend, with credentials of its own. */
const UNAUTHORIZED: readonly unknown[] = [401, 403]

/** What a sender of changes needs of its client. */
export interface SenderHost {
  readonly url: string | URL
  readonly options: AnyOptions
  /** The base, for the positions of channels. */
  readonly lastEventId: string
  /** Makes a new connection, which asks for the whole set. */
  reconnect: () => void
  /** A change was not taken. */
  onFailure?: ((error: SSEError) => void) | undefined
  /** Gives channels up that a hub does not take in. Where it cannot, there is a new connection. */
  refuse?: ((channels: readonly Channel[], error: SSEError) => void) | undefined
}

/** Tells a hub of each change of the set, on one connection after another. PROTOCOL.md, 9. */
export class ChangeSender {
  readonly #channels: ChannelSet
  readonly #host: SenderHost
  #connection: string | undefined
  /** Why what waits for a change does so; undefined where nothing is wrong. */
  failure: SSEError | undefined
  #rev = 0
  #failures = 0
  #controller: AbortController | undefined
  #isDue = false
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(channels: ChannelSet, host: SenderHost) {
    this.#channels = channels
    this.#host = host
  }

  /** The id of the connection that the hub knows; '' for a poll, which has none, and undefined where there is nothing. */
  get connection(): string | undefined {
    return this.#connection
  }

  /** A hub has greeted. A poll has no id, and what has changed is said by the next. */
  begin(connection: string): void {
    this.stop()
    this.#connection = connection
    this.#rev = 0
    if (!this.#channels.isChanged) this.#succeed()
    this.schedule()
  }

  /** The connection is no more. */
  stop(): void {
    this.#connection = undefined
    this.#controller?.abort()
    this.#controller = undefined
    clearTimeout(this.#timer)
  }

  /** Something has changed. All changes of a turn are one, and so are all that come up while one is under way. */
  schedule(): void {
    if (this.#isDue || !this.#connection) return
    this.#isDue = true
    queueMicrotask(() => {
      this.#isDue = false
      void this.#send()
    })
  }

  async #send(): Promise<void> {
    const connection = this.#connection
    if (!connection || this.#controller) return
    const { signal } = (this.#controller = new AbortController())
    while (this.#channels.isChanged && this.#channels.size > 0) {
      const rev = ++this.#rev
      const channels = this.#channels.compose(this.#host.lastEventId, rev)
      const error = await this.#post(JSON.stringify({ connection, rev, channels }), signal)
      if (signal.aborted) return
      if (!error) {
        this.#succeed()
        continue
      }
      const isUnknown = error.status === 404
      // Another process has the connection, or none: that is nothing to tell of, unless there is no end to it.
      if (!isUnknown || this.#failures > 0) this.failure = error
      if (!isUnknown) this.#host.onFailure?.(error)
      // It may have been closed for that.
      if (signal.aborted) return
      if (!this.#refuse(rev, error)) return this.#reopen(error)
      if (signal.aborted) return
    }
    this.#controller = undefined
  }

  /** Gives up what is new in a change that nobody would ever take. Returns whether there was anything. */
  #refuse(rev: number, error: SSEError): boolean {
    if (!this.#host.refuse || !this.#isHopeless(error)) return false
    const refused = this.#channels.revert(rev)
    if (refused.length > 0) this.#host.refuse(refused, error)
    return refused.length > 0
  }

  /** Whether it is no use to ask again, be it by a new connection. */
  #isHopeless(error: SSEError): boolean {
    if (HOPELESS.includes(error.status)) return true
    if (isTransient(error) || error.status === 404 || this.#channels.fits(this.#host.lastEventId)) return false
    return this.#failures > 0 || !UNAUTHORIZED.includes(error.status)
  }

  #succeed(): void {
    this.#failures = 0
    this.failure = undefined
  }

  /** Says the same by a new connection, PROTOCOL.md, 9.1: at once, but not again and again. */
  #reopen({ retryAfter = 0 }: SSEError): void {
    const delay = this.#failures > 0 ? Math.random() * Math.min(30_000, 1000 * 2 ** this.#failures) : 0
    this.#failures++
    this.#timer = setTimeout(this.#host.reconnect, Math.max(delay, Math.min(MAX_FLOOR, retryAfter)))
  }

  /** Resolves with why a change was not taken, if it was not. What is called here may never answer, and may not know the signal. */
  async #post(body: string, signal: AbortSignal): Promise<SSEError | undefined> {
    const request = new AbortController()
    let timer: ReturnType<typeof setTimeout> | undefined
    const lost = new Promise<SSEError>((resolve) => {
      const lose = () => resolve(new SSEError('timeout', `A change had no answer for ${TIMEOUT} ms.`))
      timer = setTimeout(lose, TIMEOUT)
      signal.addEventListener('abort', lose, { signal: request.signal })
    })
    try {
      return await Promise.race([this.#request(body, request.signal), lost])
    } finally {
      clearTimeout(timer)
      request.abort()
    }
  }

  async #request(body: string, signal: AbortSignal): Promise<SSEError | undefined> {
    const { headers: given, credentials, fetch: send = fetch, resolveURL } = this.#host.options
    let failure: [SSEErrorCode, string] = ['headers', '`headers` or `resolveURL` failed.']
    try {
      const headers = new Headers(typeof given === 'function' ? await given() : given)
      headers.set('Content-Type', 'application/json')
      const url = resolveURL ? await resolveURL(String(this.#host.url)) : this.#host.url
      signal.throwIfAborted()
      const init: RequestInit = { method: 'POST', headers, body, signal }
      if (credentials) init.credentials = credentials
      failure = ['network', 'A change could not be sent.']
      const response = await send(url, init)
      if (response.status !== 204) discard(eventStreamBody(response))
      else discard(response.body)
      return response.status === 204 ? undefined : new SSEError('content-type', 'A change was answered by a stream.')
    } catch (cause) {
      return cause instanceof SSEError ? cause : new SSEError(...failure, { cause })
    }
  }
}

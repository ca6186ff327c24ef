import { MAX_TIMEOUT } from './backoff.ts'
import type { AnyState } from './dispatch.ts'
import type { Stream } from './stream.ts'

/** What a stream passes on to the one after it. */
export type Content = Pick<AnyState, 'data' | 'lastEvent' | 'recent' | 'lastEventId'>

/** A stream that several may follow. */
export interface SharedStream {
  readonly stream: Stream
  /** Undefined where nobody else may have it. */
  key: string | undefined
  followers: number
  /** Those of them who rest. */
  readonly resting: Set<object>
  /** Runs out when nobody came back. */
  timer?: ReturnType<typeof setTimeout> | undefined
  /** Called when it was given up. */
  readonly heirs: Set<() => void>
  /** Whether its first request has gone out. */
  isSent?: boolean
  /** Whether it was ended because nobody was left. */
  isGivenUp?: boolean
}

const MAX_REMEMBERED = 50
const REMEMBERED_FOR = 300_000

const streams = new Map<string, SharedStream>()
const remembered = new Map<string, { readonly content: Content; readonly until: number }>()

/** How often all was forgotten: so does who was put aside. */
export let timesForgotten = 0

/**
 * Forgets where streams were that nobody follows any more, with the events that they had last; also what a component had that
 * is put aside, by a `KeepAlive` say. Call it at a log-out that does not reload the page, once what the user saw is gone from
 * it; and `close()` of each client of channels. What is followed by then goes on: it is not forgotten.
 */
export function forgetEventStreams(): void {
  timesForgotten++
  for (const shared of streams.values()) if (shared.followers === 0) giveUp(shared)
  remembered.clear()
}

/** The stream for a key that is there already. */
export function findShared(key: string | undefined): SharedStream | undefined {
  const shared = key === undefined ? undefined : streams.get(key)
  // What has ended while it lingered is for those to see who left it.
  return shared && (shared.followers > 0 || shared.stream.status !== 'closed') ? shared : undefined
}

/** What a stream of that key left behind. */
export function recall(key: string | undefined): Content | undefined {
  const memory = key === undefined ? undefined : remembered.get(key)
  return memory && memory.until > Date.now() ? memory.content : undefined
}

/**
 * Follows a stream, which opens it, until the returned function is called. The last one to leave lets it linger for a while,
 * in milliseconds, if it has been asked for at all.
 */
export function join(shared: SharedStream, listener: () => void): (linger: number) => void {
  clearTimeout(shared.timer)
  shared.followers++
  if (shared.key !== undefined && !findShared(shared.key)) streams.set(shared.key, shared)
  const off = shared.stream.subscribe(listener)
  shared.stream.begin()
  settle(shared)
  // After the stream's own microtask, in which the request goes out.
  queueMicrotask(() => {
    shared.isSent = true
  })
  return (linger) => {
    off()
    release(shared, shared.isSent && shared.stream.status !== 'closed' ? linger : 0)
  }
}

/** Lets a stream rest where all who follow it do, and go on where somebody does. */
export function settle({ stream, followers, resting }: SharedStream): void {
  if (resting.size === followers) stream.pause()
  else stream.resume()
}

/** Gives a stream another key. */
export function rename(shared: SharedStream, key: string | undefined): void {
  forget(shared)
  shared.key = key
  if (key !== undefined && shared.followers > 0) streams.set(key, shared)
}

function release(shared: SharedStream, linger: number): void {
  if (--shared.followers > 0) return settle(shared)
  if (linger > 0) shared.timer = setTimeout(giveUp, Math.min(linger, MAX_TIMEOUT), shared)
  else giveUp(shared)
}

function giveUp(shared: SharedStream): void {
  const { key, stream, heirs } = shared
  const isOver = stream.status === 'closed'
  shared.isGivenUp = !isOver
  clearTimeout(shared.timer)
  forget(shared)
  if (key !== undefined && !isOver) {
    remembered.delete(key)
    remembered.set(key, { content: contentOf(stream), until: Date.now() + REMEMBERED_FOR })
    const [oldest] = remembered.keys()
    if (oldest !== undefined && remembered.size > MAX_REMEMBERED) remembered.delete(oldest)
  }
  if (!isOver) for (const inherit of heirs) inherit()
  heirs.clear()
  stream.close()
}

function forget(shared: SharedStream): void {
  if (shared.key !== undefined && streams.get(shared.key) === shared) streams.delete(shared.key)
}

/** What a stream passes on. */
export function contentOf({ data, lastEvent, recent, lastEventId }: AnyState): Content {
  return { data, lastEvent, recent, lastEventId }
}

import { MAX_TIMEOUT } from './backoff.ts'
import type { AnyState } from './dispatch.ts'
import { checkOptions } from './options.ts'
import type { Purpose } from './sameRequest.ts'
import { createStream, type Stream } from './stream.ts'
import { keyOf } from './streamKey.ts'
import { dropAll, isHeld } from './untilLoaded.ts'

/** What a stream passes on to the one after it. */
export type Content = Pick<AnyState, 'lastEvent' | 'recent' | 'lastEventId'> & { data?: unknown }

/** A stream that several may follow. */
export interface SharedStream {
  readonly stream: Stream
  /** Undefined where nobody else may have it. */
  key: string | undefined
  /** What those are shared by, too, who have followed it as somebody else: what it has brought is not for others. */
  lineage?: number | undefined
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

/** Called when all was forgotten: some show what they do not follow. */
export const onForgotten: Set<() => void> = new Set()

let lineages = 0

/**
 * Forgets where streams were that nobody follows any more, with the events that they had last; also what a component had that
 * is put aside, by a `KeepAlive` say, or that follows nothing now; and what is waited for, which begins anew. Call it at a
 * log-out that does not reload the page, once what the user saw is gone from it; and `close()` of each client of channels. What
 * is followed by then goes on: it is not forgotten.
 */
export function forgetEventStreams(): void {
  timesForgotten++
  dropAll()
  for (const shared of streams.values()) if (shared.followers === 0) giveUp(shared)
  remembered.clear()
  for (const call of onForgotten) call()
}

/** The stream for a purpose: the one that is there already, or one that waits, with what it goes on from. */
export function obtain(purpose: Purpose, lineage?: number, seed?: Content): SharedStream {
  checkOptions(purpose.options)
  const key = keyIn(lineage, purpose)
  return findShared(key) ?? share(purpose, key, lineage, seed ?? recall(key))
}

/** A stream that waits. */
export function share(
  { url, options }: Purpose,
  key: string | undefined,
  lineage?: number,
  seed?: Content,
): SharedStream {
  return { stream: createStream(url, options, seed), key, lineage, followers: 0, resting: new Set(), heirs: new Set() }
}

/** What a stream is shared by, among those who were somebody else together. */
export function keyIn(lineage: number | undefined, purpose: Purpose): string | undefined {
  const key = keyOf(purpose)
  return key === undefined || lineage === undefined ? key : `${lineage}${key}`
}

/** The lineage of those who follow a stream, and are somebody else from here on. */
export function lineageOf(shared: SharedStream): number {
  return (shared.lineage ??= ++lineages)
}

/** The stream for a key that is there already. */
export function findShared(key: string | undefined): SharedStream | undefined {
  const shared = key === undefined ? undefined : streams.get(key)
  // What has ended is for those to see who have followed it, or wait for it: whoever comes asks anew.
  return shared && (shared.stream.status !== 'closed' || isHeld(shared)) ? shared : undefined
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
  const isKnown = key !== undefined && streams.get(key) === shared
  shared.isGivenUp = !isOver
  clearTimeout(shared.timer)
  forget(shared)
  if (isKnown && !isOver) {
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
  // Before the first event, there is what the options say.
  return { ...(lastEvent && { data }), lastEvent, recent, lastEventId }
}

import type { EventStreamStatus, SSEError } from '@tidewire/client'
import { eventTypes } from '@tidewire/client'

/** What a page of the tests is asked to show. */
export interface Shown {
  /** How many components follow the stream. */
  count?: number
  /** What they follow; the stream, unless something else is said. */
  url?: string
  linger?: number
  pauseWhenHidden?: number
  /** Whether they have options that are new in each rendering. */
  isInline?: boolean
  /** Whether they are put aside, by a KeepAlive or an Activity. */
  isAside?: boolean
  /** Whether a boundary takes what ends the stream. */
  isGuarded?: boolean
}

/** What a page can do for a test. */
export interface UIPage {
  show: (shown: Shown) => void
  hide: () => void
  /** Mounts and unmounts components of every kind, so many times. */
  cycle: (times: number) => Promise<void>
  /** The frame in which each commit was made. */
  readonly commits: number[]
  /** What the callback of an event has heard. */
  readonly heard: number[]
}

declare global {
  var ui: UIPage
}

export const events = eventTypes<{ tick: { n: number } }>()

/** What a component shows of its stream. */
export function textOf(status: EventStreamStatus, data: { n: number } | undefined): string {
  return `${status} ${data?.n ?? ''};`
}

/** What a boundary shows. */
export function textOfError(error: unknown): string {
  return `failed ${(error as SSEError).code}`
}

/** Collects what the tests look at. */
export function createRecord() {
  const commits: number[] = []
  const heard: number[] = []
  return {
    commits,
    heard,
    /** All that happens in one frame happens at one time. */
    commit: () => void commits.push(Number(document.timeline.currentTime)),
    on: { tick: ({ n }: { n: number }) => void heard.push(n) },
  }
}

export const nextFrame = (): Promise<void> =>
  new Promise((resolve) => {
    requestAnimationFrame(() => resolve())
  })

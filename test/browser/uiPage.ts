import type { EventStreamStatus } from '@tidewire/client'
import { eventTypes } from '@tidewire/client'

/** What a page of the tests is asked to show. */
export interface Shown {
  /** How many components follow the stream. */
  count?: number
  linger?: number
  pauseWhenHidden?: number
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

import { eventTypes } from '@tidewire/client'

/** What the hub serves. */
export const channels = { 'orders/:id': eventTypes<{ updated: { title: string } }>() }

/** What the plain stream sends. */
export const ticks = eventTypes<{ tick: { n: number } }>()

/** What a page is rendered with: what there was, and up to which event that is all. */
export interface PageState {
  ticks: readonly number[]
  lastTick: string
  titles: readonly string[]
  lastTitle: string
}

export const collectTicks = (all: readonly number[], { data }: { data: { n: number } }): readonly number[] => [
  ...all,
  data.n,
]

export const collectTitles = (all: readonly string[], { data }: { data: { title: string } }): readonly string[] => [
  ...all,
  data.title,
]

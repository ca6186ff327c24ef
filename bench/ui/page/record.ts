import type { Tick } from '../tick.ts'

/** What a component shows: the last event, or the last 50 as rows. */
export type View = 'last' | 'tail'

/** How many rows there are. */
export const ROWS = 50

/** What a page tells of itself. */
export interface Bench {
  /** How often something was committed to the document. */
  commits: number
  /** How many events have reached the code of the page. */
  heard: number
  /** Resolves when the last event is shown. */
  readonly shown: Promise<void>
  /** Brings all events, so many in each task, in place of the network. */
  feed?: (perTask: number) => void
}

declare global {
  var bench: Bench
}

export const parameters: URLSearchParams = new URLSearchParams(location.search)
export const total: number = Number(parameters.get('total'))

const { promise: shown, resolve } = Promise.withResolvers<void>()

export const bench: Bench = { commits: 0, heard: 0, shown }

export function hear(): void {
  bench.heard++
}

/** Parses what a native source says, which leaves that to the page. */
export function parseTick(text: unknown): Tick {
  hear()
  return JSON.parse(text as string) as Tick
}

/** Counts a commit, by the newest event that it shows. */
export function committed(newest: Tick | undefined): void {
  bench.commits++
  if (newest?.n === total - 1) resolve()
}

import type { Visit } from '../visit.ts'

/** What every runtime does, proven from outside. */
export interface Case {
  readonly title: string
  run(visit: Visit): Promise<void>
}

export const COMPLETE = 'event: sse.bye\ndata: {"reason":"complete"}\n\n'

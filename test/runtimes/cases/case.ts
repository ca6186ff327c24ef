import type { Way } from '../hosts.ts'
import type { Visit } from '../visit.ts'

/** What every runtime does, proven from outside. */
export interface Case {
  readonly title: string
  /** The only way in that has it. */
  readonly way?: Way
  run(visit: Visit): Promise<void>
}

export const COMPLETE = 'event: sse.bye\ndata: {"reason":"complete"}\n\n'

import { describeValue } from '../describeValue.ts'
import { defineChannel } from './channelDefinition.ts'
import { expectKnown, type Known } from '../expectKnown.ts'
import type { JobDefinition } from './hubJobs.ts'
import type { SSEJobConfig } from './sseJob.ts'

/** What is kept of a job's progress, and for how long of its end. */
const HISTORY = { maxEvents: 100, maxAge: 3_600_000 }

const OPTIONS: Known<SSEJobConfig> = {
  params: true,
  resolve: true,
  authorize: true,
  history: true,
  heartbeat: true,
  overflow: true,
  presence: true,
  mapError: true,
}

/** Checks what was given to `hub.job`. Throws a `TypeError` that names the option. */
export function defineJob(pattern: string, events: object | undefined, task: unknown, config: unknown): JobDefinition {
  if (typeof task !== 'function') throw unfit('task', 'a function', task)
  const given = (typeof config === 'function' ? { authorize: config } : (config ?? {})) as SSEJobConfig
  if (typeof given !== 'object') throw unfit('the third argument', 'a function that authorizes, or options', config)
  expectKnown('the options of a job', given, OPTIONS)
  const { mapError = () => undefined, history, ...options } = given
  if (typeof mapError !== 'function') throw unfit('mapError', 'a function that returns `{ code }` or nothing', mapError)
  const channel = defineChannel(pattern, events, {
    // Each progress is the whole state, so that only the newest counts.
    overflow: { coalesce: ({ event }: { event: string }) => event },
    ...options,
    history: history === false ? false : { ...HISTORY, ...history },
    retain: 'last',
    terminal: ['complete', 'error'],
    source: undefined,
  })
  return { channel, task: task as JobDefinition['task'], mapError }
}

function unfit(option: string, expected: string, value: unknown): TypeError {
  return new TypeError(`Expected \`${option}\` to be ${expected}, got ${describeValue(value)}.`)
}

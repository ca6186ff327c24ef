import type { StandardSchema } from '@tidewire/protocol'
import { describeValue } from '../describeValue.ts'
import { type CheckEvent, resolveEvents } from '../eventSchemas.ts'
import type { SSEEvent } from '../sseEvent.ts'
import type { PresenceSettings } from './channelPresence.ts'
import type { Overflow, SSEChannelConfig, SSEHistoryOptions } from './channelConfig.ts'
import { expectKnown, type Known } from '../expectKnown.ts'
import type { Retention } from './log.ts'
import { resolvePresence } from './resolvePresence.ts'

/** A declared channel, its options checked and with their defaults. */
export interface ChannelDefinition {
  readonly pattern: string
  readonly parseParams: (params: Record<string, string>) => { readonly params: unknown } | undefined
  readonly resolve: ((params: unknown, context: unknown) => unknown) | undefined
  readonly authorize: ((context: unknown, params: unknown, resource: unknown) => unknown) | undefined
  readonly retention: Retention
  readonly terminal: ReadonlySet<string>
  readonly heartbeat: number | undefined
  readonly overflow: Overflow
  readonly presence: PresenceSettings | undefined
  readonly source: ((context: { params: unknown; signal: AbortSignal }) => AsyncIterable<SSEEvent>) | undefined
  readonly check: CheckEvent | undefined
}

type AnyConfig = SSEChannelConfig<string, never, Record<string, unknown>, never, never>

const OPTIONS: Known<SSEChannelConfig> = {
  params: true,
  resolve: true,
  authorize: true,
  history: true,
  retain: true,
  terminal: true,
  heartbeat: true,
  overflow: true,
  presence: true,
  source: true,
}

const HISTORY_OPTIONS: Known<SSEHistoryOptions> = { maxEvents: true, maxBytes: true, maxAge: true }

/** Checks what was given to `hub.channel`. Throws a `TypeError` that names the option. `onFailure` hears what `coalesce` throws. */
export function defineChannel(
  pattern: string,
  events: object | undefined,
  config: unknown,
  onFailure: (error: unknown) => void = () => {},
): ChannelDefinition {
  const options = (typeof config === 'function' ? { authorize: config } : (config ?? {})) as AnyConfig
  if (typeof options !== 'object') throw unfit('the second argument', 'a function that authorizes, or options', config)
  expectKnown('the options of a channel', options, OPTIONS)
  const {
    params,
    resolve,
    authorize,
    history,
    retain = false,
    terminal = [],
    heartbeat,
    overflow = 'disconnect',
    presence,
    source,
  } = options
  for (const [name, value] of Object.entries({ resolve, authorize, source })) {
    if (value !== undefined && typeof value !== 'function') throw unfit(name, 'a function', value)
  }
  if (retain !== false && retain !== 'last') throw unfit('retain', "'last' or false", retain)
  if (heartbeat !== undefined) expectPositive('heartbeat', heartbeat)
  if (!Array.isArray(terminal) || !terminal.every((name) => typeof name === 'string')) {
    throw unfit('terminal', 'a list of event names', terminal)
  }
  if (overflow !== 'disconnect' && overflow !== 'drop' && typeof overflow?.coalesce !== 'function') {
    throw unfit('overflow', "'disconnect', 'drop' or `{ coalesce }` with a function", overflow)
  }
  return {
    pattern,
    parseParams: resolveParams(params),
    resolve: resolve as ChannelDefinition['resolve'],
    authorize: authorize as ChannelDefinition['authorize'],
    retention: { ...resolveHistory(history), last: retain === 'last' },
    terminal: new Set(terminal),
    heartbeat,
    overflow: guardOverflow(overflow, onFailure),
    presence: resolvePresence(presence),
    source: source as ChannelDefinition['source'],
    check: resolveEvents(events),
  }
}

// It is the user's, and called amid the readers of an event: the others are to get theirs.
function guardOverflow(overflow: Overflow, onFailure: (error: unknown) => void): Overflow {
  if (typeof overflow !== 'object') return overflow
  const coalesce = (event: Parameters<typeof overflow.coalesce>[0]) => {
    try {
      const key: unknown = overflow.coalesce(event)
      return typeof key === 'string' ? key : undefined
    } catch (error) {
      onFailure(error)
      return undefined
    }
  }
  return { coalesce }
}

function resolveHistory(history: SSEHistoryOptions | false | undefined): Omit<Retention, 'last'> {
  if (history === false) return { maxEvents: 0, maxBytes: 0, maxAge: 0 }
  if (history !== undefined && (typeof history !== 'object' || history === null)) {
    throw unfit('history', 'false, or an object of maxEvents, maxBytes and maxAge', history)
  }
  expectKnown('the options of `history`', history ?? {}, HISTORY_OPTIONS)
  const { maxEvents = 1_000, maxBytes = 1024 * 1024, maxAge = 300_000 } = history ?? {}
  for (const [name, value] of Object.entries({ maxEvents, maxBytes, maxAge })) {
    if (!(typeof value === 'number' && value >= 0))
      throw unfit(`history.${name}`, 'a number that is not negative', value)
  }
  return { maxEvents, maxBytes, maxAge }
}

function resolveParams(schema: StandardSchema | undefined): ChannelDefinition['parseParams'] {
  if (schema === undefined) return (params) => ({ params })
  if (typeof schema?.['~standard']?.validate !== 'function') throw unfit('params', 'a Standard Schema', schema)
  return (params) => {
    const result = schema['~standard'].validate(params)
    if (result instanceof Promise) {
      result.catch(() => {})
      throw new TypeError('Expected the schema of `params` to be synchronous, got an async one.')
    }
    return result.issues ? undefined : { params: result.value }
  }
}

function expectPositive(option: string, value: unknown): void {
  if (!(typeof value === 'number' && value > 0 && Number.isFinite(value))) {
    throw unfit(option, 'a positive number of milliseconds', value)
  }
}

function unfit(option: string, expected: string, value: unknown): TypeError {
  return new TypeError(`Expected \`${option}\` to be ${expected}, got ${describeValue(value)}.`)
}

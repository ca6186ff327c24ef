import type { SSEError } from '@tidewire/protocol'
import { describeValue } from '../describeValue.ts'
import { HEARTBEAT } from '../streamSettings.ts'
import type { SSEHubLimits, SSEHubOptions, SSEHubStage } from './hubOptions.ts'
import { type CORSHeaders, resolveCORS } from './cors.ts'
import { expectKnown, type Known } from '../expectKnown.ts'
import { createMemoryLog } from './memoryLog.ts'
import type { SSELog } from './log.ts'

/** The options of a hub, checked, with their defaults. */
export interface HubSettings {
  readonly contract: object | undefined
  readonly context: (request: Request, platform: unknown) => unknown
  readonly identify: (context: unknown) => string | undefined
  readonly expiresAt: (context: unknown) => Date | number | undefined
  readonly address: (request: Request, platform: unknown) => string | undefined
  readonly path: string | false
  readonly heartbeat: number
  readonly revalidate: boolean
  readonly cors: CORSHeaders
  readonly limits: { readonly [K in keyof SSEHubLimits]-?: number }
  readonly log: SSELog
  readonly onError: NonNullable<SSEHubOptions['onError']>
}

const OPTIONS: Known<SSEHubOptions> = {
  channels: true,
  context: true,
  identify: true,
  expiresAt: true,
  address: true,
  path: true,
  heartbeat: true,
  revalidate: true,
  cors: true,
  limits: true,
  log: true,
  onError: true,
}

/** The longest time that timers take, in milliseconds. */
const MAX_TIMEOUT = 2 ** 31 - 1

const LIMITS: HubSettings['limits'] = {
  maxConnections: 100_000,
  maxConnectionsPerIdentity: 100,
  maxConnectionsPerAddress: Infinity,
  maxChannels: 100,
  maxBufferSize: 1024 * 1024,
  maxEventSize: 1024 * 1024,
  authorizeTimeout: 10_000,
}

/** A minute's half; on Bun less, as its server closes what is silent for 10 seconds. */
const DEFAULT_HEARTBEAT: number = HEARTBEAT < 10_000 ? HEARTBEAT : 30_000

type AnyOptions = SSEHubOptions<never, never>

/** Checks the options of a hub and fills in the defaults. Throws a `TypeError` that names the option. */
export function resolveHubSettings(options: AnyOptions): HubSettings {
  if (typeof options !== 'object' || options === null) throw unfit('options', 'an object', options)
  expectKnown('the options of a hub', options, OPTIONS)
  const { channels, context, identify, expiresAt, address, path = '/_sse', onError, log } = options
  const { heartbeat = DEFAULT_HEARTBEAT, revalidate = true } = options
  for (const [name, value] of Object.entries({ context, identify, expiresAt, address, onError })) {
    if (value !== undefined && typeof value !== 'function') throw unfit(name, 'a function', value)
  }
  if (channels !== undefined && (typeof channels !== 'object' || channels === null)) {
    throw unfit('channels', 'an object of event maps by pattern', channels)
  }
  if (!(typeof heartbeat === 'number' && heartbeat > 0 && heartbeat <= MAX_TIMEOUT)) {
    throw unfit('heartbeat', 'a positive number of milliseconds', heartbeat)
  }
  if (typeof revalidate !== 'boolean') throw unfit('revalidate', 'true or false', revalidate)
  if (log !== undefined && typeof log?.append !== 'function') throw unfit('log', 'a log, of createMemoryLog() say', log)
  return {
    contract: channels,
    context: context ?? (() => undefined),
    identify: (identify ?? (() => undefined)) as HubSettings['identify'],
    expiresAt: (expiresAt ?? (() => undefined)) as HubSettings['expiresAt'],
    address: address ?? peerAddress,
    path: resolvePath(path),
    heartbeat,
    revalidate,
    cors: resolveCORS(options.cors),
    limits: resolveLimits(options.limits),
    log: log ?? createMemoryLog(),
    onError: onError ?? printError,
  }
}

// As a request spells it.
function resolvePath(path: string | false): string | false {
  if (path === false) return false
  const url = typeof path === 'string' && path.startsWith('/') ? URL.parse(`http://localhost${path}`) : null
  if (url?.href === `http://localhost${url?.pathname}`) return url.pathname
  throw unfit('path', "a path such as '/_sse', or false", path)
}

// A slow reader is no fault of the program; `inspect` counts them.
function printError(error: SSEError, { stage }: { stage: SSEHubStage }): void {
  if (stage !== 'overflow') console.error(error)
}

function resolveLimits(limits: SSEHubLimits = {}): HubSettings['limits'] {
  if (typeof limits !== 'object' || limits === null) throw unfit('limits', 'an object', limits)
  const given = Object.entries(limits).filter(([, value]) => value !== undefined)
  for (const [name, value] of given) {
    if (!Object.hasOwn(LIMITS, name)) throw unfit('limits', `an object of ${Object.keys(LIMITS).join(', ')}`, name)
    if (!(typeof value === 'number' && value > 0)) throw unfit(`limits.${name}`, 'a positive number', value)
  }
  const resolved = { ...LIMITS, ...Object.fromEntries(given) }
  // Beyond that, a timer would run out at once.
  return { ...resolved, authorizeTimeout: Math.min(resolved.authorizeTimeout, MAX_TIMEOUT) }
}

function peerAddress(_request: Request, platform: unknown): string | undefined {
  const { req } = Object(platform) as { req?: { socket?: { remoteAddress?: string } } }
  return req?.socket?.remoteAddress
}

function unfit(option: string, expected: string, value: unknown): TypeError {
  return new TypeError(`Expected \`${option}\` to be ${expected}, got ${describeValue(value)}.`)
}

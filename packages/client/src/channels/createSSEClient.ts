import { type Contract, isChannelName, PatternMap, type SSEError } from '@tidewire/protocol'
import { isTransient } from '../backoff.ts'
import { checkOptions } from '../options.ts'
import { callSafely } from '../report.ts'
import type { CloseReason } from '../state.ts'
import { type AnyOptions, createStream } from '../stream.ts'
import { type BindingClient, seedOf } from './bindingClient.ts'
import { ChangeSender } from './changeSender.ts'
import { ChannelSet } from './channelSet.ts'
import {
  type AnySubscriptionOptions,
  type ClientSubscription,
  createSubscription,
  type SubscriptionHost,
} from './clientSubscription.ts'
import { createClientListeners } from './clientListeners.ts'
import type { SSEClient, SSEClientOptions } from './clientTypes.ts'
import { FrameReader } from './frameReader.ts'
import { GivenUp } from './givenUp.ts'
import { LateChannels } from './lateChannels.ts'
import { Membership } from './membership.ts'
import { createOrigin } from './origin.ts'

/** The answers to a request for a stream that are about what it asks for. */
const REFUSALS: readonly unknown[] = [400, 403, 404]

/** How a connection is that is yet to be asked for. */
const BEFORE = { status: 'connecting', isLost: false, error: undefined, attempt: 0, nextRetryAt: undefined } as const

/**
 * Makes a client of a hub: any number of channels over one connection, which is opened by the first subscription and given up
 * some time after the last. Where it breaks, every channel resumes where it was, or its subscriptions are told by `onGap`
 * what they cannot have.
 *
 * @example
 * const client = createSSEClient({ channels })
 * const order = client.subscribe('orders/42', { on: { updated: (order) => show(order) } })
 * order.close()
 *
 * @throws {TypeError} for an option that makes no sense.
 */
export function createSSEClient<const C extends Contract<C> = Contract>(
  options: SSEClientOptions<C> = {},
): SSEClient<C> {
  return createClient(options) as unknown as SSEClient<C>
}

function createClient({
  url = '/_sse',
  channels: contract,
  linger = 1000,
  share,
  ...own
}: SSEClientOptions): SSEClient {
  checkOptions({ linger })
  let isPaused = false
  // Only who has paused it says when it goes on.
  const again = () => isPaused || reconnect()
  const given = share ? { ...own, fetch: share({ url: String(url), options: own, reconnect: again }) } : own
  const patterns = new PatternMap<AnyOptions['events']>()
  for (const [pattern, events] of Object.entries(contract ?? {})) patterns.set(pattern, events as AnyOptions['events'])
  // Not before it is needed: at module level, some platforms have no chance to give.
  let origin: string | undefined
  const originOf = () => (origin ??= createOrigin())
  let attempts = 0
  const maxAttempts = (given.retry || {}).maxAttempts ?? 10
  const channels = new ChannelSet()
  const { on, tell } = createClientListeners()
  const stream = createStream(
    url,
    {
      ...given,
      retry: given.retry === false ? false : { ...given.retry, maxAttempts },
      async resolveURL(target) {
        const attempt = ++attempts
        const resolved = String(given.resolveURL ? await given.resolveURL(target) : target).replace(/#.*/s, '')
        // Another one may be under way by now: this one will not be sent.
        if (attempt !== attempts) return resolved
        const query = new URLSearchParams({ v: '1', origin: originOf() })
        // Where it stands, it is asked for by one poll after another. Else what belongs to the one before is over.
        const isPoll = stream.status === 'open'
        if (!isPoll) disconnect()
        reader.reset()
        channels.describe(query, stream.lastEventId, isPoll)
        return `${resolved}${resolved.includes('?') ? '&' : '?'}${query}`
      },
    },
    { status: 'idle' },
    (entry, _, attempt) => reader.take(entry, attempt),
  )
  const sender = new ChangeSender(channels, {
    url,
    options: given,
    get lastEventId() {
      return stream.lastEventId
    },
    reconnect: again,
    onFailure(error) {
      look()
      fail(error)
    },
    refuse: (refused, error) => membership.finish(refused, 'fatal', error),
  })
  const reader: FrameReader = new FrameReader(channels, {
    get lastEventId() {
      return stream.lastEventId
    },
    moveTo: stream.moveTo,
    calm: stream.calm,
    onGreeted(connection) {
      const isConnected = sender.connection !== undefined
      sender.begin(connection)
      if (!isConnected) tell('connected')
    },
    finish: (channel, reason, error) => membership.finish([channel], reason, error),
  })
  const membership: Membership = new Membership(channels, {
    get lastEventId() {
      return stream.lastEventId
    },
    linger,
    hostOf,
    onChange,
  })
  const givenUp = new GivenUp()
  /** Whether the last failure was one too many, and nothing else was wrong. */
  let isUsedUp = false
  const late = new LateChannels(channels, given.lostAfter ?? 5000, look)
  stream.attach({
    callbacks: {
      onOpen: () => late.watch(),
      onError(error) {
        disconnect()
        isUsedUp = given.retry !== false && stream.attempt >= maxAttempts && isTransient(error)
        fail(error)
        const { status, attempt, nextRetryAt } = stream
        if (status !== 'reconnecting' || nextRetryAt === undefined) return
        tell('reconnecting', { attempt, delay: Math.max(0, nextRetryAt - Date.now()) })
      },
      onClose(reason) {
        disconnect()
        end(reason, stream.error)
      },
    },
  })
  stream.subscribe(() => {
    if (stream.status !== 'open') disconnect()
    look()
  })

  /** What a channel shows of the connection may be another. */
  function look(): void {
    for (const { subscriptions } of channels.all()) for (const one of subscriptions) one.look()
  }

  function fail(error: SSEError): void {
    callSafely(given.onError, error)
    tell('error', error)
  }

  function disconnect(): void {
    if (sender.connection === undefined) return
    sender.stop()
    tell('disconnected')
  }

  /** The connection is over for good. What was refused is what it was to bring; what it was not asked for is asked for now. */
  function end(reason: CloseReason, error: SSEError | undefined): void {
    const isRefusal = error?.code === 'http-status' && REFUSALS.includes(error.status)
    const ended = channels.all().filter(({ rev }) => !isRefusal || rev === 0)
    if (reason === 'fatal' && !isRefusal) {
      const members = ended.flatMap(({ subscriptions }) => [...subscriptions])
      givenUp.add(members, isUsedUp)
    }
    membership.finish(ended, reason, error)
  }

  /** The set may have changed: the hub is told, over a connection if there is anything to follow. */
  function onChange(): void {
    if (channels.size === 0) {
      disconnect()
      late.stop()
      stream.sleep()
      return
    }
    late.watch()
    sender.schedule()
    stream.open()
    if (isPaused) stream.pause()
  }

  function reconnect(): void {
    isPaused = false
    givenUp.revive()
    if (channels.size > 0) stream.reconnect()
  }

  function hostOf(name: string): SubscriptionHost {
    return {
      events: patterns.get(name)?.value,
      connection() {
        const { status, isLost, error, attempt, nextRetryAt, transport } = stream
        const channel = channels.get(name)
        // Who is not over begins anew, whatever has become of those before.
        if (status === 'closed') return { ...BEFORE, transport }
        // The connection of others may stand already.
        const isBehind = status === 'open' && channel?.phase !== 'live'
        return {
          status: isBehind || status === 'idle' ? 'connecting' : status,
          isLost: isLost || (isBehind && channel !== undefined && late.has(channel)),
          error: error ?? (isBehind ? sender.failure : undefined),
          attempt,
          nextRetryAt,
          transport,
        }
      },
      since: () => channels.get(name)?.since ?? '',
      enter(one) {
        givenUp.delete(one)
        membership.enter(one, false)
      },
      leave(one, isResting) {
        givenUp.delete(one)
        membership.leave(one, isResting)
      },
      reconnect: again,
    }
  }

  /** Makes a subscription that is yet to take part; where somebody comes back, in place of the one it had. */
  function prepare(name: string, options: AnySubscriptionOptions = {}, left?: ClientSubscription): ClientSubscription {
    if (typeof name !== 'string' || !isChannelName(name) || (contract && !patterns.get(name))) {
      const known = contract ? ` that fits a pattern of the contract (${Object.keys(contract).join(', ')})` : ''
      const got = typeof name === 'string' ? JSON.stringify(name.slice(0, 60)) : String(name)
      throw new TypeError(`Expected the name of a channel${known}, got ${got}.`)
    }
    const given = left ? { ...options, reduce: left.reduce, lastEventId: undefined } : options
    const shown = membership.shownOf(name, given)
    return createSubscription(name, given, hostOf(name), left ? seedOf(left, shown) : shown)
  }

  function subscribe(name: string, options?: AnySubscriptionOptions, left?: ClientSubscription): ClientSubscription {
    const one = prepare(name, options, left)
    membership.enter(one, !left)
    // What it left is gone on with by the function that made it.
    if (left && options) one.setOptions(options)
    return one
  }

  const atFirst = stream.getSnapshot()
  const client: SSEClient & BindingClient = {
    subscribe,
    peek: (name, options) => prepare(name, options).getSnapshot(),
    rejoin: subscribe,
    voidedAt: (name) => channels.voidedAt(name),
    on,
    get status() {
      return stream.status
    },
    get connected() {
      return stream.status === 'open' && sender.connection !== undefined
    },
    get connectionId() {
      return stream.status === 'open' ? sender.connection || undefined : undefined
    },
    get origin() {
      return originOf()
    },
    headers: () => ({ 'Tidewire-Origin': originOf() }),
    state: { subscribe: stream.subscribe, getSnapshot: stream.getSnapshot, getServerSnapshot: () => atFirst },
    open() {
      givenUp.revive()
      if (channels.size > 0) stream.open()
    },
    pause() {
      isPaused = true
      stream.pause()
      if (stream.status !== 'open') disconnect()
    },
    resume() {
      isPaused = false
      stream.resume()
    },
    reconnect,
    close() {
      isPaused = false
      givenUp.clear()
      const ended = channels.all()
      stream.close()
      membership.close(ended)
    },
  }
  return client
}

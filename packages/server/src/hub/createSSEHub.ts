import { type Contract, formatPosition } from '@tidewire/protocol'
import { UNBUFFERED, webSource } from '../webSource.ts'
import { defineChannel } from './channelDefinition.ts'
import { defineJob } from './defineJob.ts'
import { drain, type SSEDrainOptions } from './drain.ts'
import { type Exclusion, toExclusions } from './exclusion.ts'
import { Hub } from './hub.ts'
import { HubDoor } from './hubDoor.ts'
import { toHubFailure } from './hubFailure.ts'
import { readSnapshot, type SSESnapshot } from './hubSnapshot.ts'
import type { SSEHubOptions } from './hubOptions.ts'
import { resolveHubSettings } from './hubSettings.ts'
import { describeReader, pick, type SSEReaderFilter } from './readerFilter.ts'
import type { SSEHub, SSEHubState, SSEPublisher } from './sseHub.ts'
import type { SSEJob } from './sseJob.ts'
import type { SSEMember } from './sseMember.ts'

/** What is behind a hub, for adapters. */
export interface HubInsides {
  readonly core: Hub
  readonly door: HubDoor
}

/**
 * Makes a hub: channels that are declared once, published from anywhere in the process, and read over `hub.fetch`, or
 * `toNodeHandler` on node. Readers that come back get what they missed, or are told that it is gone.
 *
 * @example
 * const hub = createSSEHub({ channels, context: async (request) => ({ user: await session(request) }) })
 * hub.channel('orders/:id', { authorize: ({ user }, { id }) => user.orders.includes(id) })
 * await hub.to('orders/42').send('updated', order)
 * export const GET = hub.fetch, POST = hub.fetch
 *
 * @throws {TypeError} for an option that makes no sense.
 */
export function createSSEHub<const C extends Contract<C> = Contract, Context = undefined>(
  options: SSEHubOptions<C, Context> = {},
): SSEHub<C, Context> {
  return new PublicHub(options as unknown as SSEHubOptions<never, never>) as unknown as SSEHub<C, Context>
}

/** The insides of a hub. Throws a `TypeError` for anything else. */
export function insidesOf(hub: object): HubInsides {
  return PublicHub.insidesOf(hub)
}

class PublicHub {
  readonly #core: Hub
  readonly #door: HubDoor

  constructor(options: SSEHubOptions<never, never>) {
    this.#core = new Hub(resolveHubSettings(options))
    this.#door = new HubDoor(this.#core)
  }

  readonly fetch = async (request: Request, platform?: unknown): Promise<Response> => {
    const answer = await this.#door.answer(request, platform)
    if (answer instanceof Response) return answer
    const { signal } = request
    // Some runtimes tell so that the reader has left, and not by cancelling the body.
    let leave = answer.forget
    const onAbort = () => leave()
    signal.addEventListener('abort', onAbort)
    const source = webSource((sink) => {
      const writer = answer.start(sink)
      leave = () => writer.abort()
      void sink.closed.then(() => signal.removeEventListener('abort', onAbort))
      if (signal.aborted) leave()
      return writer
    }, answer.forget)
    if (signal.aborted) leave()
    return new Response(new ReadableStream(source, UNBUFFERED), { headers: answer.headers })
  }

  channel(pattern: string, config?: unknown): void {
    const { channels, publisher } = this.#core
    const onFailure = (error: unknown) => this.#core.report(error, 'overflow')
    channels.declare(defineChannel(pattern, publisher.eventsOf(pattern), config, onFailure))
  }

  job(pattern: string, task: unknown, config?: unknown): SSEJob<string, unknown, unknown> {
    const { channels, jobs, publisher } = this.#core
    const definition = defineJob(pattern, publisher.eventsOf(pattern), task, config)
    channels.declare(definition.channel)
    return jobs.handleOf(definition)
  }

  to(...names: string[]): SSEPublisher<Record<string, unknown>> {
    const { publisher } = this.#core
    if (names.length === 0) throw new TypeError('Expected the name of a channel, got none.')
    for (const name of names) publisher.find(name)
    const unique = [...new Set(names)]
    const make = (except: readonly Exclusion[]): SSEPublisher<Record<string, unknown>> => ({
      except: (...keys) => make([...except, ...toExclusions(keys)]),
      send: (event, data, { key } = {}) => publisher.publish(unique, { event, data }, { except, key }),
      data: (data, { key } = {}) => publisher.publish(unique, { event: 'message', data }, { except, key }),
    })
    return make([])
  }

  async snapshot<T>(channel: string, load: () => T | Promise<T>): Promise<SSESnapshot<T>> {
    const { log, publisher } = this.#core
    publisher.find(channel)
    const head = async () => {
      try {
        return formatPosition(await log.head())
      } catch (error) {
        throw toHubFailure(error, 'log')
      }
    }
    return readSnapshot(head, load)
  }

  get connectionCount(): number {
    return this.#core.connections.size
  }

  get activeChannels(): string[] {
    return [...this.#core.channels.values()].map(({ name }) => name)
  }

  subscriberCount(name: string): number {
    return this.#core.channels.get(name)?.connections.size ?? 0
  }

  async presence(name: string): Promise<SSEMember[]> {
    const { publisher, presence } = this.#core
    if (publisher.find(name).presence) return presence.members(name)
    throw new TypeError(`Expected a channel that was declared with \`presence\`, got ${JSON.stringify(name)}.`)
  }

  inspect(): SSEHubState<unknown> {
    const { connections, channels, monitor } = this.#core
    const { counters } = monitor
    const readers = connections.all().map(describeReader)
    return {
      connections: readers,
      channels: Object.fromEntries([...channels.values()].map((channel) => [channel.name, channel.connections.size])),
      counters: { ...counters, refusedByStatus: { ...counters.refusedByStatus } },
      bufferedSize: readers.reduce((sum, { bufferedSize }) => sum + bufferedSize, 0),
    }
  }

  disconnect(filter: SSEReaderFilter<never>): number {
    const meant = pick(filter, this.#core.connections)
    for (const connection of meant) connection.end({ reason: 'disconnected' })
    return meant.length
  }

  revoke(name: string, filter?: SSEReaderFilter<never>): number {
    const { channels, connections } = this.#core
    const readers = channels.get(name)?.connections ?? new Set()
    const meant = filter === undefined ? [...readers] : pick(filter, connections, readers)
    const { authority } = this.#core
    // Those about whom it is being decided have to be decided about again.
    authority.deliberations.revoke(name)
    for (const connection of meant) authority.revoke(connection, [name])
    return meant.length
  }

  drain(options: SSEDrainOptions = {}): Promise<void> {
    return drain(this.#core, options)
  }

  close(): Promise<void> {
    return this.#core.close()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  static insidesOf(hub: object): HubInsides {
    if (!(#core in hub)) throw new TypeError('Expected a hub, of createSSEHub.')
    return { core: hub.#core, door: hub.#door }
  }
}

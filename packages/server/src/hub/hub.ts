import { formatPosition, type Position, SSEError } from '@tidewire/protocol'
import type { Sink } from '../sink.ts'
import type { Admission } from './admission.ts'
import { announceChange, announceOpening } from './announcers.ts'
import { Authority, type AuthorityHost } from './authority.ts'
import type { ChannelDefinition } from './channelDefinition.ts'
import { ChannelSources } from './channelSources.ts'
import { Connection, type ConnectionHost, type Reader } from './connection.ts'
import { Connections } from './connections.ts'
import { deliverLate } from './deliverLate.ts'
import { EventFrame } from './eventFrame.ts'
import { Farewells } from './farewells.ts'
import { Heartbeats } from './heartbeats.ts'
import type { HubChannel } from './hubChannel.ts'
import { type ChannelMatch, HubChannels } from './hubChannels.ts'
import { type FeedTarget, HubFeed } from './hubFeed.ts'
import { toHubFailure } from './hubFailure.ts'
import { HubJobs } from './hubJobs.ts'
import { HubMonitor } from './hubMonitor.ts'
import type { SSEHubStage } from './hubOptions.ts'
import type { HubSettings } from './hubSettings.ts'
import { type Announcer, Join, type JoinHost } from './join.ts'
import type { LogEntry, LogHead, SSELog } from './log.ts'
import { Places } from './places.ts'
import { Presence } from './presence.ts'
import { Publisher } from './publisher.ts'
import { boundsOf, type ReaderBounds } from './readerBounds.ts'
import { ReaderGroups } from './readerGroups.ts'
import { ReplayFrames } from './replayFrames.ts'

const NOBODY: readonly Connection[] = []

/** Over how long readers come back that were all sent away, in milliseconds. */
const RETURN_DELAY = 5_000

/** How long a poll may take to get the end of its answer, in milliseconds: that is all of it, over a slow line. */
const POLL_GRACE = 30_000

/** A connection that was let in. */
export interface Opening {
  readonly reader: Reader
  readonly admission: Admission
  /** The position of each channel; undefined for one that is fresh. */
  readonly since: ReadonlyMap<string, Position | undefined>
}

/** The channels of one hub, their readers, and what goes from the one to the other. */
export class Hub implements ConnectionHost, FeedTarget, JoinHost, AuthorityHost {
  readonly settings: HubSettings
  readonly log: SSELog
  readonly feed: HubFeed
  readonly channels: HubChannels = new HubChannels()
  readonly connections: Connections = new Connections()
  readonly places: Places
  readonly publisher: Publisher
  readonly monitor: HubMonitor = new HubMonitor()
  readonly jobs: HubJobs = new HubJobs(this.channels, {
    publish: (channel, message, key) => this.publisher.publish([channel], message, { except: [], key, isOwn: true }),
    onFailure: (error) => this.report(error, 'job'),
  })
  readonly authority: Authority = new Authority(this)
  readonly presence: Presence = new Presence((error) => this.report(error, 'presence'))
  readonly #groups = new ReaderGroups((connection) => this.regroup(connection))
  readonly #sources = new ChannelSources({
    publish: (channel, event, data) => this.publisher.append([channel], { event, data }, { except: [] }),
    onFailure: (error) => this.report(error, 'source'),
  })
  readonly #heartbeats = new Heartbeats()
  readonly farewells: Farewells = new Farewells()
  readonly #closing = new AbortController()
  readonly #replayed = new ReplayFrames()

  /** Whether it lets nobody in any more. */
  isShut = false
  /** How much may wait for each reader from now on. */
  bounds: ReaderBounds

  constructor(settings: HubSettings) {
    this.settings = settings
    this.bounds = boundsOf(settings.limits.maxBufferSize)
    this.places = new Places(settings.limits)
    this.log = settings.log
    this.feed = new HubFeed(settings.log, this)
    this.publisher = new Publisher(
      settings,
      this.channels,
      (error) => this.report(error, 'publish'),
      (channels, event, id) => this.monitor.onPublish(channels, event, id),
    )
  }

  /** Begins the response of a reader that was let in. */
  open(opening: Opening, sink: Sink): Connection {
    const { reader, admission } = opening
    const form = reader.isManaged || admission.allowed.size > 1 ? 'qualified' : 'plain'
    const connection = new Connection(crypto.randomUUID(), reader, form, sink, this)
    this.connections.add(connection)
    this.monitor.onOpen(connection)
    // It may have been answered long ago: then a drain may have begun, its place be somebody else's, a right be lost.
    if (this.isShut || !this.places.settle(reader)) {
      admission.end()
      connection.end({ reason: 'drain' }, Math.round(Math.random() * RETURN_DELAY))
    } else if (admission.isStale) {
      void admission.renew().then(() => this.#begin(connection, opening))
    } else {
      this.#begin(connection, opening)
    }
    return connection
  }

  #begin(connection: Connection, { reader, admission, since }: Opening): void {
    admission.end()
    const { allowed, refused } = admission
    if (refused.size > 0 && !reader.isManaged) return connection.end({ reason: 'revoked' })
    for (const name of refused.keys()) connection.refused.add(name)
    connection.heartbeat = this.#heartbeatOf(allowed.values())
    this.#join(connection, allowed, since, announceOpening(connection, connection.heartbeat))
  }

  /** Makes channels join a connection. */
  join(
    connection: Connection,
    rev: number,
    channels: ReadonlyMap<string, ChannelMatch>,
    since: Opening['since'],
  ): void {
    this.#join(connection, channels, since, announceChange(connection, rev))
  }

  report(error: unknown, stage: SSEHubStage): void {
    const failure = toHubFailure(error, stage)
    this.monitor.tell('error', { error: failure, stage })
    try {
      this.settings.onError(failure, { stage })
    } catch (reason) {
      console.error(reason)
    }
  }

  /** Aborts when it closes. */
  get closing(): AbortSignal {
    return this.#closing.signal
  }

  async close(): Promise<void> {
    this.isShut = true
    this.publisher.isClosed = true
    this.#closing.abort()
    for (const connection of this.connections.all()) connection.abort()
    this.farewells.close()
    this.#heartbeats.close()
    this.presence.close()
    await this.jobs.close()
    await this.feed.close()
    await this.log.close()
  }

  // What a connection needs.

  regroup(connection: Connection): void {
    this.#groups.move(connection)
    if (connection.isClosed) return
    // Never slower than `sse.hello` has said, whatever has left the set since.
    const interval = Math.min(connection.heartbeat, this.#heartbeatOf(connection.channels.values()))
    this.#heartbeats.set(connection, interval)
    for (const channel of connection.live) {
      this.#sources.start(channel)
      this.presence.enter(channel, connection)
    }
  }

  regroupSoon(connection: Connection): void {
    this.#groups.moveSoon(connection)
  }

  onLeave(connection: Connection, channel: HubChannel): void {
    this.presence.leave(channel, connection)
    this.authority.onLeave(connection, channel)
    if (!this.channels.release(channel)) return
    this.#sources.stop(channel)
    this.feed.unfollow(channel)
  }

  onClose(connection: Connection): void {
    this.#heartbeats.delete(connection)
    this.connections.remove(connection)
    this.places.release(connection.reader)
    this.monitor.onClose(connection)
  }

  onEnd(connection: Connection, closed: Promise<void>): void {
    this.farewells.add(connection, closed, connection.reader.isPolling ? POLL_GRACE : undefined)
  }

  onOverflow(connection: Connection): void {
    this.monitor.onOverflow(connection)
    const { maxBufferSize } = this.settings.limits
    const message = `A reader was disconnected that took less than \`limits.maxBufferSize\` (${maxBufferSize}) leaves room for.`
    this.report(new SSEError('overflow', message), 'overflow')
  }

  onReset(connection: Connection, channels: readonly string[]): void {
    this.monitor.onReset(connection, channels)
  }

  onDrop(connection: Connection, { channel }: EventFrame): void {
    this.monitor.onDrop(connection, channel)
  }

  onCoalesce(): void {
    this.monitor.counters.coalesced++
  }

  deliveredId(): string {
    return this.idOf(this.feed.delivered)
  }

  idOf(seq: number): string {
    return formatPosition({ epoch: this.feed.epoch, seq })
  }

  // What a join needs.

  grant({ reader: { identity } }: Connection, channel: string, head: LogHead): number {
    return identity === undefined ? 0 : this.authority.revocations.grant(identity, channel, head)
  }

  frameOf(entry: LogEntry, epoch: string): EventFrame {
    return this.#replayed.of(entry, epoch)
  }

  // What the feed needs.

  deliver(entry: LogEntry, channel: HubChannel): void {
    const frame = new EventFrame(entry, this.feed.epoch, channel.definition.overflow)
    this.monitor.counters.delivered += this.#spread(frame, channel)
    for (const hearer of channel.hearers) hearer.hear(entry)
    if (!entry.isTerminal) return
    for (const connection of [...channel.connections]) {
      if (connection.isLive(channel.name) && !connection.isPast(channel.name, entry.seq))
        connection.finish([channel.name], entry.seq)
    }
  }

  lose(names: ReadonlySet<string>, upTo: number): void {
    for (const connection of this.connections.all()) {
      const channels = [...names].filter((name) => connection.isLive(name) && !connection.isPast(name, upTo))
      if (channels.length > 0) connection.lose(channels)
    }
  }

  restart(): void {
    for (const connection of this.connections.all()) {
      connection.end({ reason: 'drain' }, Math.round(Math.random() * RETURN_DELAY))
    }
  }

  onError(error: unknown): void {
    this.report(error, 'log')
  }

  /** Shows that a connection lives, and asks whether it still may. */
  beat(connection: Connection): void {
    const { deadline } = connection.reader
    if (deadline !== undefined && performance.now() >= deadline) return connection.end({ reason: 'expired' })
    connection.showLife(this.feed.delivered, () => this.deliveredId())
    this.feed.check()
    if (this.settings.revalidate) void this.authority.revalidate(connection)
  }

  #spread(frame: EventFrame, channel: HubChannel): number {
    const { seq, except } = frame.entry
    if (seq < this.feed.delivered) return deliverLate(frame, channel)
    const excluded = except ? [...this.connections.excludedBy(except)] : NOBODY
    let count = 0
    for (const group of channel.groups) count += group.add(frame, excluded)
    return count
  }

  #join(
    connection: Connection,
    matches: ReadonlyMap<string, ChannelMatch>,
    since: Opening['since'],
    announcer: Announcer,
  ): void {
    const channels = [...matches].map(([name, match]) => this.channels.acquire(name, match))
    for (const channel of channels) connection.enter(channel)
    const join = new Join(connection, channels, since, announcer, this)
    connection.joins.add(join)
    if (connection.joins.size === 1) void this.#run(connection)
  }

  // One join after the other: no id of a later one may be beyond what an earlier one is yet to replay.
  async #run(connection: Connection): Promise<void> {
    for (const join of connection.joins) {
      try {
        await join.run()
      } catch (error) {
        this.report(error, 'log')
        connection.end({ reason: 'error', code: 'unavailable' })
      }
      connection.joins.delete(join)
    }
  }

  #heartbeatOf(channels: Iterable<{ definition: ChannelDefinition }>): number {
    let interval = this.settings.heartbeat
    for (const { definition } of channels) interval = Math.min(interval, definition.heartbeat ?? interval)
    return interval
  }
}

import {
  CATCHUP,
  DENIED,
  END,
  HELLO,
  LIVE,
  PRESENCE,
  type PresenceChange,
  type PresenceList,
  RESET,
  REVOKED,
  type Verdict,
} from '@tidewire/protocol'
import { type Block, formatJSON } from './formatBlock.ts'
import { hubQuery } from './hubQuery.ts'
import type { RequestFacts } from './requestFacts.ts'
import type { HubContext } from './testLog.ts'

/** What `sse.hello` says. What is left out fits the request. PROTOCOL.md, 8.1. */
export interface TestHelloOptions {
  /** What becomes of channels. Those that are not named here are `fresh` where they have no position, else `resumed`. */
  channels?: { readonly [name: string]: Verdict } | undefined
  /** From where on the response is live. @default the id of the last event that the transport has sent */
  cursor?: string | undefined
  /** How often the response shows that it lives, in milliseconds. @default 30_000 */
  heartbeat?: number | undefined
  /** The base of the client; null for none. @default the least position that the client came with, else `cursor` */
  id?: string | null | undefined
}

/** An answer to a change of the set. */
export interface TestAnswerOptions {
  /** The change that is answered. @default the last one of this connection */
  rev?: number | undefined
}

/** What is told of a channel that joins. */
export interface TestJoinOptions extends TestAnswerOptions {
  /** Whether part of what the channels missed is gone. */
  reset?: true | undefined
}

/** What a hub says over a connection. See {@link TestConnection} for what the promises mean. PROTOCOL.md, 6 to 13. */
export interface TestHub {
  /** The id of the connection, which changes of the set name. */
  readonly connection: string
  /** Says what becomes of each channel: the first event of every connection of a hub. */
  hello: (options?: TestHelloOptions) => Promise<void>
  /** Sends an event of a channel. `id` is the next of the transport's log; null for none, as a retained value has. */
  event: (channel: string, name: string, data: unknown, options?: { id?: string | null | undefined }) => Promise<void>
  /** Announces what channels have missed that join. */
  catchup: (channels: readonly string[], options?: TestJoinOptions) => Promise<void>
  /** Says that channels have joined. `cursor` is the id of the last event, unless it is given. */
  live: (channels: readonly string[], options?: TestJoinOptions & { cursor?: string | undefined }) => Promise<void>
  /** Says that events of channels are lost: a gap. With an id, that is the client's new base. */
  reset: (channels: readonly string[], options?: { id?: string | undefined }) => Promise<void>
  /** Refuses channels that were to join. */
  denied: (channels: readonly string[], options?: TestAnswerOptions) => Promise<void>
  /** Says that channels are no longer allowed. */
  revoked: (channels: readonly string[]) => Promise<void>
  /** Says that channels are over. */
  end: (channels: readonly string[]) => Promise<void>
  /** Says who is there, or who has come and gone. */
  presence: (payload: PresenceList | PresenceChange) => Promise<void>
}

/** Speaks as a hub over a connection. */
export function createTestHub(
  send: (block: Block) => Promise<void>,
  request: RequestFacts,
  { log, connection, lastRev }: HubContext,
): TestHub {
  const { channels: asked, baseBelow, isQualified } = hubQuery(request)
  const say = (event: string, data: unknown, id?: string | null) => {
    if (id != null) log.moveTo(id)
    return send({ event, data: formatJSON(data), id: id ?? undefined })
  }
  return {
    connection,
    hello({ channels, cursor = log.cursor, heartbeat = 30_000, id = baseBelow(cursor) } = {}) {
      const verdicts = { ...asked, ...channels }
      log.moveTo(cursor)
      return say(HELLO, { v: 1, connection, heartbeat, cursor, channels: verdicts }, id)
    },
    event(channel, name, data, { id = log.next() } = {}) {
      return say(isQualified ? `${channel}#${name}` : name, data, id)
    },
    catchup: (channels, { rev = lastRev(), reset } = {}) => say(CATCHUP, { channels, rev, reset }),
    live(channels, { rev = lastRev(), cursor = log.cursor, reset } = {}) {
      log.moveTo(cursor)
      return say(LIVE, { channels, rev, cursor, reset })
    },
    reset: (channels, { id } = {}) => say(RESET, { channels }, id),
    denied: (channels, { rev = lastRev() } = {}) => say(DENIED, { channels, rev }),
    revoked: (channels) => say(REVOKED, { channels }),
    end: (channels) => say(END, { channels }),
    presence: (payload) => say(PRESENCE, payload),
  }
}

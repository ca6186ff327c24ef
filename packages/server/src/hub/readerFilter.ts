import { describeValue } from '../describeValue.ts'
import type { Connection } from './connection.ts'
import type { Connections } from './connections.ts'

/** An open connection, as the hub's user sees it. */
export interface SSEReader<Context = unknown> {
  /** The id of the connection. */
  readonly id: string
  readonly identity: string | undefined
  readonly origin: string | undefined
  readonly address: string | undefined
  readonly context: Context
  readonly channels: readonly string[]
  /** What waits for it, in bytes. */
  readonly bufferedSize: number
}

/** Which readers are meant: those for which all that is given holds, or that a function picks. */
export type SSEReaderFilter<Context = unknown> =
  | {
      readonly id?: string | undefined
      readonly identity?: string | undefined
      readonly origin?: string | undefined
      readonly address?: string | undefined
    }
  | ((reader: SSEReader<Context>) => boolean)

const FIELDS = ['id', 'identity', 'origin', 'address'] as const

/** Describes a connection. */
export function describeReader(connection: Connection): SSEReader {
  const { identity, origin, address, context } = connection.reader
  const { id, bufferedSize } = connection
  return { id, identity, origin, address, context, channels: [...connection.channels.keys()], bufferedSize }
}

/** Finds the connections that a filter means, among some or all. Throws a `TypeError` for a filter that says nothing: it would mean everybody. */
export function pick(
  filter: SSEReaderFilter<never>,
  connections: Connections,
  among?: ReadonlySet<Connection>,
): Connection[] {
  if (typeof filter === 'function') {
    const test = filter as (reader: SSEReader) => boolean
    return [...(among ?? connections.all())].filter((connection) => test(describeReader(connection)))
  }
  const given = FIELDS.filter((field) => (filter as Record<string, unknown> | null)?.[field] !== undefined)
  if (given.length === 0) {
    const expected = 'a function, or an object with `id`, `identity`, `origin` or `address`'
    throw new TypeError(`Expected the filter to be ${expected}, got ${describeValue(filter)}.`)
  }
  const candidates = [...(connections.find(filter) ?? among ?? connections.all())]
  return candidates.filter((connection) => {
    const { id, reader } = connection
    const fields = { ...reader, id }
    return (!among || among.has(connection)) && given.every((field) => fields[field] === filter[field])
  })
}

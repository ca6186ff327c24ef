import type { Connection } from './connection.ts'
import { type Exclusion, isLeftOut } from './exclusion.ts'

/** What a connection can be found by. */
interface Names {
  readonly id?: string | undefined
  readonly identity?: string | undefined
  readonly origin?: string | undefined
}

/** The open connections of a hub, found by their id and by who reads. */
export class Connections {
  readonly #byId = new Map<string, Connection>()
  // Identities and origins are looked up alike: an event may exclude either.
  readonly #byKey = new Map<string, Set<Connection>>()

  get size(): number {
    return this.#byId.size
  }

  add(connection: Connection): void {
    this.#byId.set(connection.id, connection)
    for (const key of keysOf(connection)) addTo(this.#byKey, key, connection)
  }

  remove(connection: Connection): void {
    this.#byId.delete(connection.id)
    for (const key of keysOf(connection)) removeFrom(this.#byKey, key, connection)
  }

  get(id: string): Connection | undefined {
    return this.#byId.get(id)
  }

  /** Those among which the meant ones are; undefined where nothing is given by which they are found. */
  find({ id, identity, origin }: Names): Iterable<Connection> | undefined {
    if (id !== undefined) {
      const connection = this.#byId.get(id)
      return connection ? [connection] : []
    }
    const key = identity ?? origin
    return key === undefined ? undefined : (this.#byKey.get(key) ?? [])
  }

  /** Those that an event leaves out. */
  *excludedBy(except: readonly Exclusion[]): Iterable<Connection> {
    for (const key of except) {
      const found = this.find(typeof key === 'string' ? { identity: key } : key) ?? []
      for (const connection of found) if (isLeftOut([key], connection.reader)) yield connection
    }
  }

  /** All of them, as they were when this was called. */
  all(): Connection[] {
    return [...this.#byId.values()]
  }
}

function keysOf({ reader: { identity, origin } }: Connection): string[] {
  return [identity, origin].filter((key) => key !== undefined)
}

function addTo(index: Map<string, Set<Connection>>, key: string, connection: Connection): void {
  const connections = index.get(key)
  if (connections) connections.add(connection)
  else index.set(key, new Set([connection]))
}

function removeFrom(index: Map<string, Set<Connection>>, key: string, connection: Connection): void {
  const connections = index.get(key)
  if (connections?.delete(connection) && connections.size === 0) index.delete(key)
}

import type { RequestFacts } from './requestFacts.ts'

/** A change of a connection's set, as a client of a hub sends it by POST. PROTOCOL.md, 9.1. */
export interface TestChange extends RequestFacts {
  /** The id of the connection, from `sse.hello`. */
  readonly connection: string
  readonly rev: number
  /** The whole set that is wanted, with the position of each channel; null for one that is fresh. */
  readonly channels: { readonly [name: string]: string | null }
}

/** Tells a change of the set from every other request. */
export function toChange(facts: RequestFacts): TestChange | undefined {
  const { connection, rev, channels } = Object(facts.json) as Partial<TestChange>
  const isChange = facts.method === 'POST' && typeof connection === 'string' && typeof rev === 'number' && channels
  return isChange ? { ...facts, connection, rev, channels } : undefined
}

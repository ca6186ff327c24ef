import type { Contract, SSEError } from '@tidewire/protocol'
import type { SSELog } from './log.ts'

/** Where a failure of a hub happened. */
export type SSEHubStage = 'authorize' | 'context' | 'publish' | 'log' | 'source' | 'overflow' | 'job' | 'presence'

/** The bounds of a hub. */
export interface SSEHubLimits {
  /** The most open connections, requests that are being decided about included; beyond it 503. @default 100_000 */
  maxConnections?: number | undefined
  /** The most open connections of one identity; beyond it 429. @default 100 */
  maxConnectionsPerIdentity?: number | undefined
  /**
   * The most open connections of one address; beyond it 429. Of IPv6, all addresses of a /64 count as one.
   *
   * @default no limit: a proxy has one address for everybody
   */
  maxConnectionsPerAddress?: number | undefined
  /** The most channels of one connection; beyond it 400. @default 100 */
  maxChannels?: number | undefined
  /** The most that waits for a slow reader, in bytes. What comes then, the channel's `overflow` says. @default 1_048_576 */
  maxBufferSize?: number | undefined
  /** The largest event, in characters of its payload's JSON. One that is larger is not published. @default 1_048_576 */
  maxEventSize?: number | undefined
  /** How long `context` may take, and for each channel `resolve` and `authorize` together, in milliseconds. @default 10_000 */
  authorizeTimeout?: number | undefined
}

/** Options of `createSSEHub`. A value that makes no sense, or an option that there is not, is a `TypeError` at once. */
export interface SSEHubOptions<C extends Contract<C> = Contract, Context = unknown> {
  /** The contract: for each pattern of channels, its events with their payloads, as types or as schemas that check them. */
  channels?: C | undefined
  /**
   * Makes what is known of a request: who is signed in, above all. Called once for each request, before anything is answered; may
   * throw a `Response` to answer with that, its body of up to 256 KiB included. One that takes longer than `limits.authorizeTimeout` is answered with 503. `platform` is
   * `{ req, res }` on node, else the second argument of `hub.fetch`.
   */
  context?: ((request: Request, platform: unknown) => Context | Promise<Context>) | undefined
  /**
   * Names who reads, for limits, `except`, `disconnect` and changes of the set; undefined for nobody in particular: then who knows the id
   * of a connection, which its reader alone is told, may change its set.
   */
  identify?: ((context: NoInfer<Context>) => string | undefined) | undefined
  /**
   * Tells when the reader's credentials expire, as a `Date` or in milliseconds since 1970; then it has to come back with new ones. Looked at with each heartbeat;
   * credentials that are past are refused with 401.
   */
  expiresAt?: ((context: NoInfer<Context>) => Date | number | undefined) | undefined
  /** Tells the address that counts for `limits.maxConnectionsPerAddress`. @default the peer's, on node; none elsewhere */
  address?: ((request: Request, platform: unknown) => string | undefined) | undefined
  /** The only path that is answered, in full, wherever the hub is mounted; false for any, where a route has decided already. @default '/_sse' */
  path?: string | false | undefined
  /** How often a connection on which nothing was sent gets a comment, in milliseconds. @default 30_000; on Bun 8_000 */
  heartbeat?: number | undefined
  /** Whether `authorize` is asked again with every heartbeat. @default true */
  revalidate?: boolean | undefined
  /**
   * The origins whose pages may read, and change what they follow, as in `https://example.com`; they may send credentials. `'*'` is any,
   * without credentials. Where a proxy changes the header `Host` and pages come without https, their own origin has to be among them.
   *
   * @default none: only pages of the hub's own origin
   */
  cors?: string | readonly string[] | undefined
  limits?: SSEHubLimits | undefined
  /** What the hub's events are kept in. It is closed with the hub. @default a log in the memory of this process */
  log?: SSELog | undefined
  /** Called for each failure in the background. @default console.error, but not for readers that are too slow (`overflow`) */
  onError?: ((error: SSEError, info: { stage: SSEHubStage }) => void) | undefined
}

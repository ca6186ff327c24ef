/** Who follows a channel that shows its readers to each other. */
export interface SSEMember {
  /** The identity; of a reader without one, an id that the hub has made up for it. */
  readonly id: string
  /** What the option `presence.info` said of it when it joined. */
  readonly info?: unknown
}

/** Options of a channel's presence. */
export interface SSEPresenceOptions<Context = unknown> {
  /**
   * Tells what the readers of the channel may know of each other, beside their identities: a name, a picture. Called when somebody
   * joins who was not there, and not again while they stay. One that throws is reported to `onError`, and the member goes without.
   *
   * @default nothing
   */
  info?: ((context: Context) => unknown) | undefined
  /** How long somebody who has left still counts, in milliseconds: whoever comes back meanwhile has neither left nor joined. @default 5_000 */
  leaveAfter?: number | undefined
  /** The most members that readers are told of, by who came first; of all others they know the number. @default 100 */
  maxMembers?: number | undefined
}

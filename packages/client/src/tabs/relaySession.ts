/** A session's part in a channel. */
export interface Part {
  /** Where it was when it asked; '' where it is fresh. */
  readonly position: string
  /** The change that asked; 0 for the request itself. */
  readonly rev: number
  isLive: boolean
}

/** A tab's connection, as the leader sees it. */
export interface RelaySession {
  readonly id: string
  readonly tab: string
  readonly parts: Map<string, Part>
  /** The channels that it asked for and may not have, until that can be said. */
  readonly refused: string[]
  /** The last change of its set. */
  rev: number
  /** Whether it was greeted. */
  isOpen: boolean
  /** What was sent and is not taken yet, in characters. */
  unread: number
  /** How much of that may be what it missed. */
  past: number
}

export function createSession(id: string, tab: string): RelaySession {
  return { id, tab, parts: new Map(), refused: [], rev: 0, isOpen: false, unread: 0, past: 0 }
}

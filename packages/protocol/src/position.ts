/** A place in the log of a hub, which is the id of an event. PROTOCOL.md, section 7.1. */
export interface Position {
  /** The life of the log; seqs of different epochs do not compare. */
  readonly epoch: string
  /** The place in that life's order of events; 0 is before the first. */
  readonly seq: number
}

// Each part has a bound, so that a stranger's megabyte is refused at its 65th character.
const POSITION = /^([\w-]{1,64})\.(0|[1-9]\d{0,15})$/

/** Writes a position as the id of an event. Checks nothing: it runs once for each event. */
export function formatPosition({ epoch, seq }: Position): string {
  return `${epoch}.${seq}`
}

/**
 * Reads a position that {@link formatPosition} wrote; undefined for any other text. Whether it lies in the future or in
 * another epoch is for the log to say.
 */
export function parsePosition(text: string): Position | undefined {
  const [, epoch, digits] = POSITION.exec(text) ?? []
  const seq = Number(digits)
  return epoch !== undefined && Number.isSafeInteger(seq) ? { epoch, seq } : undefined
}

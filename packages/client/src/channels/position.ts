import { parsePosition } from '@tidewire/protocol'

/** The position of a channel that is gone: it is none, and who asks from there is told that events are lost. */
export const LOST = '-'

/** A position that can be asked from: what no hub could have given is lost. '' is none. */
export function toPosition(id: string): string {
  return id === '' || parsePosition(id) ? id : LOST
}

/** Whether one position is beyond another. Those of different epochs do not compare. PROTOCOL.md, 7.1. */
export function isBeyond(id: string, other: string): boolean {
  const [a, b] = [parsePosition(id), parsePosition(other)]
  return a !== undefined && b !== undefined && a.epoch === b.epoch && a.seq > b.seq
}

/** The further of two positions; the first where they do not compare. */
export function further(id: string, other: string): string {
  return !id || isBeyond(other, id) ? other : id
}

/** Whether a position has an event, or more. One that is lost has nothing. */
export function hasReached(position: string, id: string): boolean {
  return position !== LOST && (position === id || isBeyond(position, id))
}

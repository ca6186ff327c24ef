import { callSafely } from './report.ts'

/** Adds a member to a set, and returns the function that takes it out again. */
export function subscription<T>(members: Set<T>, member: T): () => void {
  members.add(member)
  return () => void members.delete(member)
}

/** Calls each member's turn. One that is added meanwhile waits for the next time, one that is taken out is passed over. */
export function forEachMember<T>(members: Set<T>, call: (member: T) => void): void {
  for (const member of [...members]) if (members.has(member)) callSafely(call, member)
}

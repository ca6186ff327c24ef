/** Adds a member to a set, and returns the function that takes it out again. */
export function subscription<T>(members: Set<T>, member: T): () => void {
  members.add(member)
  return () => void members.delete(member)
}

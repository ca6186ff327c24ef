/** Whether a query's key begins with another one, or has its parts: as the filters of TanStack Query have it. */
export function matchesKey(key: unknown, part: unknown): boolean {
  if (key === part) return true
  if (typeof key !== 'object' || typeof part !== 'object' || !key || !part) return false
  if (Array.isArray(key) && Array.isArray(part) && part.length > key.length) return false
  return Object.keys(part).every((name) =>
    matchesKey((key as Record<string, unknown>)[name], (part as Record<string, unknown>)[name]),
  )
}

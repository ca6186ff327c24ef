const MAX_LENGTH = 60

/** Describes a refused value for an error message: shortly, and without running code of the value's own. */
export function describeValue(value: unknown): string {
  if (typeof value === 'string') return shorten(JSON.stringify(value.slice(0, MAX_LENGTH + 1)))
  if (typeof value === 'bigint') return `${shorten(String(value))}n`
  if (typeof value === 'function') return 'a function'
  if (typeof value !== 'object' || value === null) return String(value)
  return Array.isArray(value) ? 'an array' : 'an object'
}

function shorten(text: string): string {
  return text.length > MAX_LENGTH ? `${text.slice(0, MAX_LENGTH)}…` : text
}

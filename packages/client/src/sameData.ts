/** Whether two values say the same: what is written inline is another one each time. */
export function isSameData(a: unknown, b: unknown): boolean {
  try {
    return Object.is(a, b) || JSON.stringify(a) === JSON.stringify(b)
  } catch {
    // What cannot be written cannot be compared.
    return false
  }
}

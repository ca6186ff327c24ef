// Tops whose half is a round number, too.
const TOPS = { 2: [1, 1.25, 1.5, 1.75, 2], 10: [1, 2, 4, 6, 8, 10] }

/** The top of a vertical axis for a largest value: it is written beside the axis, as its half is. */
export function topOf(largest: number, base: 2 | 10): number {
  const power = base ** Math.floor(Math.log(largest) / Math.log(base))
  return power * (TOPS[base].find((top) => top * power >= largest) ?? base)
}

/** The value that all but a tenth of some values do not exceed; 0 of none. */
export function mostOf(values: readonly (number | null | undefined)[]): number {
  const sorted = values.filter((value) => value != null).toSorted((a, b) => a - b)
  return sorted[Math.floor((sorted.length - 1) * 0.9)] ?? 0
}

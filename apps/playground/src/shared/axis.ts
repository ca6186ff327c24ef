// Tops whose half is a round number, too.
const TOPS = { 2: [1, 1.25, 1.5, 1.75, 2], 10: [1, 2, 4, 6, 8, 10] }

/** The top of a vertical axis for a largest value: it is written beside the axis, as its half is. */
export function topOf(largest: number, base: 2 | 10): number {
  const power = base ** Math.floor(Math.log(largest) / Math.log(base))
  return power * (TOPS[base].find((top) => top * power >= largest) ?? base)
}

// Peaks are cut off where they would leave the other lines less than a quarter of the height.
const MAX_PEAK = 4

export interface Values {
  values: ArrayLike<number | null | undefined>
  /** Whether its highest values may be cut off. */
  isPeak?: boolean | undefined
}

/** The largest value that a chart of some lines has to show: every one of a line, and most of a line of peaks. */
export function largestOf(lines: readonly Values[]): number {
  const sorted = (wantsPeaks: boolean) =>
    lines
      .filter(({ isPeak = false }) => isPeak === wantsPeaks)
      .flatMap(({ values }) => Array.from(values))
      .filter((value) => value != null)
      .toSorted((a, b) => a - b)
  const largest = sorted(false).at(-1) ?? 0
  const peaks = sorted(true)
  const mostPeaks = peaks[Math.floor((peaks.length - 1) * 0.9)] ?? 0
  return Math.max(largest, Math.min(MAX_PEAK * largest, mostPeaks))
}

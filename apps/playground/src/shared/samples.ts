import type { Metrics } from './contract.ts'

/** Milliseconds from one sample to the next. */
export const SAMPLE_INTERVAL = 500

/** Seconds that a chart spans: as many as there are, between these. */
export const SPANS = { least: 30, most: 120 }

/** How many samples the server keeps and a page holds: as many as a chart can show. */
export const MAX_SAMPLES = (SPANS.most * 1000) / SAMPLE_INTERVAL

// A longer silence than this, in seconds, is a hole: nobody knows what was there.
const HOLE = 2

/** One column per line: seconds since the epoch first, then what each reader reads. */
export type Columns = [times: number[], ...lines: (number | null)[][]]

/** Turns samples into the columns of a chart, with a break where the stream was silent. */
export function toColumns(samples: readonly Metrics[], readers: readonly ((sample: Metrics) => number)[]): Columns {
  const times: number[] = []
  const lines: (number | null)[][] = readers.map(() => [])
  let last = Infinity
  for (const sample of samples) {
    const time = sample.time / 1000
    if (time - last > HOLE) {
      times.push(last + HOLE / 2)
      for (const line of lines) line.push(null)
    }
    times.push(time)
    for (const [index, read] of readers.entries()) lines[index]?.push(read(sample))
    last = time
  }
  return [times, ...lines]
}

/** How the metrics come back: whoever watches a restart should not wait long for its end. */
export const metricsRetry = { maxDelay: 5000 }

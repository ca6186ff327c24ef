import type { Metrics } from './contract.ts'
import { formatBytes, formatMemory, formatMillis, formatPercent } from './format.ts'

/** One line of a chart. */
export interface Line {
  label: string
  read: (sample: Metrics) => number
  /** Whether its peaks may be cut off, so that the first line keeps its shape. */
  isPeak?: boolean
}

/** One quantity of the server: what its tile says and its chart draws. */
export interface Gauge {
  id: string
  label: string
  /** The first line is drawn full, the second one behind it. */
  lines: readonly [Line, ...Line[]]
  format: (value: number) => string
  formatAxis: (value: number) => string
  /** What the tile says below its value, where it has no second line to tell of. */
  note?: (sample: Metrics) => string
  /** The least span of the vertical axis, so that noise does not look like a storm. */
  minRange: number
  /** What the axis counts in: powers of 1024 take other steps than tens. */
  base: 2 | 10
  /** Whether the axis of time is written below: once is enough for charts that lie below each other. */
  hasTimes?: boolean
}

export const gauges: readonly Gauge[] = [
  {
    id: 'cpu',
    label: 'CPU',
    lines: [{ label: 'CPU', read: (sample) => sample.cpu }],
    format: formatPercent,
    formatAxis: (value) => `${value} %`,
    note: ({ cores }) => `of one core; this machine has ${cores}`,
    minRange: 20,
    base: 10,
  },
  {
    id: 'memory',
    label: 'Resident memory',
    lines: [
      { label: 'resident', read: (sample) => sample.rss },
      { label: 'heap', read: (sample) => sample.heapUsed },
    ],
    format: formatMemory,
    formatAxis: formatBytes,
    minRange: 2 ** 26,
    base: 2,
  },
  {
    id: 'delay',
    label: 'Event-loop delay',
    lines: [
      { label: 'mean', read: (sample) => sample.delay },
      { label: 'worst', read: (sample) => sample.maxDelay, isPeak: true },
    ],
    format: formatMillis,
    formatAxis: (value) => `${value} ms`,
    minRange: 4,
    base: 10,
    hasTimes: true,
  },
]

/** What a gauge's tile says. */
export function describeTile(gauge: Gauge, latest: Metrics | undefined): { value: string; detail: string } {
  if (!latest) return { value: '–', detail: 'no sample yet' }
  const [first, second] = gauge.lines
  const value = gauge.format(first.read(latest))
  const detail = second ? `${second.label} ${gauge.format(second.read(latest))}` : (gauge.note?.(latest) ?? '')
  return { value, detail }
}

import uPlot from 'uplot'
import { largestOf, topOf } from './axis.ts'
import type { Metrics } from './contract.ts'
import type { Gauge } from './gauges.ts'
import { SPANS, toColumns } from './samples.ts'

export interface Chart {
  /** Stale samples are the last ones, not those of now. */
  setSamples(samples: readonly Metrics[], isStale: boolean): void
  destroy(): void
}

const HEIGHT = 112
const TIMES = 24
const VALUES = 64

/** Draws a gauge's last minutes into an element, in its colours and as wide as it is. */
export function createChart(element: HTMLElement, gauge: Gauge): Chart {
  const readers = gauge.lines.map(({ read }) => read)
  const colour = (name: string) => () => getComputedStyle(element).getPropertyValue(name)
  const font = '11px system-ui, sans-serif'
  const height = HEIGHT + (gauge.hasTimes ? TIMES : 0)
  const axis: uPlot.Axis = {
    stroke: colour('--muted'),
    grid: { stroke: colour('--grid'), width: 1 },
    ticks: { show: false },
    font,
  }

  let isStale = true

  const rangeOf = ({ data }: uPlot): [number, number] => {
    const largest = largestOf(gauge.lines.map(({ isPeak }, line) => ({ isPeak, values: data[line + 1] ?? [] })))
    return [0, topOf(Math.max(gauge.minRange, largest * 1.05), gauge.base)]
  }

  const plot = new uPlot(
    {
      width: element.clientWidth,
      height,
      padding: [10, 18, gauge.hasTimes ? 0 : 8, 0],
      legend: { show: false },
      cursor: { sync: { key: 'gauges' }, drag: { x: false, y: false }, y: false, points: { size: 7 } },
      scales: {
        // The newest sample stands at the right edge, whatever came before it.
        x: { time: true, range: (_plot, min, max) => [(max ?? 0) - spanOf(max - min), max ?? 0] },
        y: { range: rangeOf },
      },
      axes: [
        {
          ...axis,
          size: gauge.hasTimes ? TIMES : 0,
          splits,
          values: (plot, ticks) => ticks.map((tick) => (gauge.hasTimes ? formatAge(plot, tick, isStale) : '')),
        },
        {
          ...axis,
          size: VALUES,
          gap: 8,
          splits: (_plot, _axis, _min, max) => [0, max / 2, max],
          values: (_plot, ticks) => ticks.map(gauge.formatAxis),
        },
      ],
      series: [
        {},
        ...gauge.lines.map(({ label }, index) => ({
          label,
          stroke: colour(index === 0 ? '--accent' : '--line-2'),
          width: index === 0 ? 1.75 : 1.25,
          points: { show: false },
          ...(index === 0 ? { fill: colour('--accent-wash') } : { dash: [4, 3] }),
        })),
      ],
      hooks: { setCursor: [showReadout] },
    },
    toColumns([], readers),
    element,
  )

  const readout = document.createElement('div')
  readout.className = 'chart-readout'
  plot.over.append(readout)

  function showReadout({ data, cursor }: uPlot) {
    const index = cursor.idx
    const values = gauge.lines.map(({ label }, line) => {
      const value = index == null ? undefined : data[line + 1]?.[index]
      return value == null ? '' : `${gauge.lines.length > 1 ? `${label} ` : ''}${gauge.format(value)}`
    })
    readout.textContent = values.filter(Boolean).join(' · ')
    readout.hidden = readout.textContent === ''
    readout.classList.toggle('flip', (cursor.left ?? 0) > plot.over.clientWidth / 2)
    readout.style.translate = `${Math.round(cursor.left ?? 0)}px`
  }

  const resizing = new ResizeObserver(() => plot.setSize({ width: element.clientWidth, height }))
  resizing.observe(element)
  const theme = matchMedia('(prefers-color-scheme: dark)')
  const recolour = () => plot.redraw()
  theme.addEventListener('change', recolour)

  return {
    setSamples(samples, isStaleNow) {
      const hasTurned = isStale !== isStaleNow
      isStale = isStaleNow
      plot.setData(toColumns(samples, readers))
      // The words of an axis are kept while its scale is the same.
      if (hasTurned) plot.redraw(false, true)
    },
    destroy() {
      resizing.disconnect()
      theme.removeEventListener('change', recolour)
      plot.destroy()
    },
  }
}

function spanOf(seconds: number): number {
  return Math.min(SPANS.most, Math.max(SPANS.least, seconds || 0))
}

// Round distances from now, so that the marks stand still while the lines move.
function splits(_plot: uPlot, _axis: number, min: number, max: number): number[] {
  const step = max - min > 80 ? 30 : max - min > 40 ? 20 : 10
  return Array.from({ length: Math.floor((max - min) / step) + 1 }, (_, index) => max - index * step).toReversed()
}

function formatAge(plot: uPlot, time: number, isStale: boolean): string {
  const age = Math.round((plot.scales['x']?.max ?? time) - time)
  if (age === 0) return isStale ? 'last' : 'now'
  return `−${Math.floor(age / 60)}:${String(age % 60).padStart(2, '0')}`
}

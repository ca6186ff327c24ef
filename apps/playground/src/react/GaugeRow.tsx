import { useEffect, useRef } from 'react'
import { type Chart, createChart } from '../shared/chart.ts'
import type { Metrics } from '../shared/contract.ts'
import { describeTile, type Gauge } from '../shared/gauges.ts'

interface Props {
  gauge: Gauge
  samples: readonly Metrics[]
  /** Whether the samples tell nothing of now. */
  isStale: boolean
}

export function GaugeRow({ gauge, samples, isStale }: Props) {
  const element = useRef<HTMLDivElement>(null)
  const chart = useRef<Chart>(undefined)
  const { value, detail } = describeTile(gauge, samples.at(-1))

  useEffect(() => {
    const made = createChart(element.current as HTMLDivElement, gauge)
    chart.current = made
    return () => made.destroy()
  }, [gauge])

  useEffect(() => chart.current?.setSamples(samples, isStale), [samples, isStale, gauge])

  return (
    <div className="gauge">
      <dl className="tile">
        <dt>{gauge.label}</dt>
        <dd className="value">{value}</dd>
        <dd className="detail">
          {gauge.lines.length > 1 && <span className="swatch" />}
          {detail}
        </dd>
      </dl>
      <div
        ref={element}
        className={gauge.hasTimes ? 'chart has-times' : 'chart'}
        role="img"
        aria-label={`${gauge.label} over the last two minutes`}
      />
    </div>
  )
}

import { useEventStream } from '@tidewire/react'
import { useMemo } from 'react'
import { metricsEvents } from '../shared/contract.ts'
import { formatClock } from '../shared/format.ts'
import { gauges } from '../shared/gauges.ts'
import { MAX_SAMPLES } from '../shared/samples.ts'
import { ConnectionStatus } from './ConnectionStatus.tsx'
import { GaugeRow } from './GaugeRow.tsx'

export function MetricsCard() {
  const stream = useEventStream('/api/metrics', {
    events: metricsEvents,
    recent: MAX_SAMPLES,
    retry: { maxDelay: 5000 },
  })
  const { recent } = stream
  const samples = useMemo(() => recent.map(({ data }) => data), [recent])
  const latest = samples.at(-1)

  return (
    <section className="card" aria-labelledby="metrics-title">
      <div className="card-head">
        <div>
          <h2 id="metrics-title">The server, now</h2>
          <p className="muted small">
            Two samples a second{latest && <time>{`; last at ${formatClock(latest.time)}`}</time>}
          </p>
        </div>
        <ConnectionStatus stream={stream} />
      </div>
      <div className="gauges">
        {gauges.map((gauge) => (
          <GaugeRow key={gauge.id} gauge={gauge} samples={samples} />
        ))}
      </div>
    </section>
  )
}

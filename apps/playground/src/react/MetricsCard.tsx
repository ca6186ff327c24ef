import { useEventStream } from '@tidewire/react'
import { useEffect, useMemo, useState } from 'react'
import { isStale } from '../shared/connection.ts'
import { metricsEvents } from '../shared/contract.ts'
import { followVisibility } from '../shared/followVisibility.ts'
import { formatClock } from '../shared/format.ts'
import { gauges } from '../shared/gauges.ts'
import { MAX_SAMPLES, metricsRetry } from '../shared/samples.ts'
import { ConnectionStatus } from './ConnectionStatus.tsx'
import { GaugeRow } from './GaugeRow.tsx'
import { useNow } from './useNow.ts'

export function MetricsCard() {
  const [isPaused, setIsPaused] = useState(document.hidden)
  const [heardAt, setHeardAt] = useState(0)
  const hear = () => setHeardAt(Date.now())
  const stream = useEventStream('/api/metrics', {
    events: metricsEvents,
    on: { metrics: hear },
    onOpen: hear,
    recent: MAX_SAMPLES,
    enabled: !isPaused,
    retry: metricsRetry,
  })
  const { status, recent } = stream
  useEffect(() => followVisibility(() => status !== 'closed', setIsPaused), [status])
  const now = useNow(!isPaused)
  const isOld = isStale(stream, heardAt, now)
  const samples = useMemo(() => recent.map(({ data }) => data), [recent])
  const latest = samples.at(-1)

  return (
    <section className="card" aria-labelledby="metrics-title">
      <div className="card-head">
        <div>
          <h2 id="metrics-title">The server’s load</h2>
          <p className="muted small">
            {latest ? (
              <>
                Last sample at <time dateTime={new Date(latest.time).toISOString()}>{formatClock(latest.time)}</time>
              </>
            ) : (
              'No sample yet'
            )}
          </p>
        </div>
        <ConnectionStatus stream={stream} now={now} heardAt={heardAt} />
      </div>
      <div className={isOld ? 'gauges stale' : 'gauges'}>
        {gauges.map((gauge) => (
          <GaugeRow key={gauge.id} gauge={gauge} samples={samples} isStale={isOld} />
        ))}
      </div>
    </section>
  )
}

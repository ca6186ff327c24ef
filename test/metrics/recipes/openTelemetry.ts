// openTelemetry.ts
import { metrics } from '@opentelemetry/api'
import type { SSEHub } from '@tidewire/server'

/** Has a hub observed, whenever the metrics are collected. */
export function observeHub(hub: Pick<SSEHub, 'inspect'>, meter = metrics.getMeter('tidewire')): void {
  const open = meter.createObservableGauge('tidewire.connections', { unit: '{connection}' })
  const buffered = meter.createObservableGauge('tidewire.buffered', { unit: 'By' })
  const refused = meter.createObservableCounter('tidewire.refused', { unit: '{request}' })
  const { refused: _, refusedByStatus: __, ...totals } = hub.inspect().counters
  const counters = Object.keys(totals).map((name) => ({
    name: name as keyof typeof totals,
    instrument: meter.createObservableCounter(`tidewire.${name}`),
  }))
  meter.addBatchObservableCallback(
    (result) => {
      const state = hub.inspect()
      result.observe(open, state.connections.length)
      result.observe(buffered, state.bufferedSize)
      for (const { name, instrument } of counters) result.observe(instrument, state.counters[name])
      for (const [status, count] of Object.entries(state.counters.refusedByStatus)) {
        result.observe(refused, count, { 'http.response.status_code': Number(status) })
      }
    },
    [open, buffered, refused, ...counters.map(({ instrument }) => instrument)],
  )
}

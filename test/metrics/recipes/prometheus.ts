// prometheus.ts
import type { SSEHub } from '@tidewire/server'

/** What answers `GET /metrics`, with the content type `text/plain; version=0.0.4`. */
export function toPrometheus(hub: Pick<SSEHub, 'inspect'>): string {
  const { connections, bufferedSize, counters } = hub.inspect()
  const { refused: _, refusedByStatus, ...totals } = counters
  return [
    '# TYPE tidewire_connections gauge',
    `tidewire_connections ${connections.length}`,
    '# TYPE tidewire_buffered_bytes gauge',
    `tidewire_buffered_bytes ${bufferedSize}`,
    '# TYPE tidewire_refused_total counter',
    ...Object.entries(refusedByStatus).map(([status, count]) => `tidewire_refused_total{status="${status}"} ${count}`),
    ...Object.entries(totals).flatMap(([name, count]) => [
      `# TYPE tidewire_${name}_total counter`,
      `tidewire_${name}_total ${count}`,
    ]),
    '',
  ].join('\n')
}

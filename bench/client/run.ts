import { join } from 'node:path'
import { end, launch, median, message } from '../launch.ts'
import { contenders } from './contenders.ts'

/**
 * From the bytes of a stream to whoever wants its events: what a client costs for each. The bytes lie ready in chunks of 64 kB,
 * in the reader's own process, which reads as many events before it counts; the contenders take turns, and the median counts.
 */
const ROUNDS = Number(process.env['ROUNDS'] ?? 5)
const COUNT = Number(process.env['COUNT'] ?? 300_000)
const only = process.argv[2]

const costs = new Map<string, { rates: number[]; cpus: number[] }>()
for (let round = 0; round < ROUNDS; round++) {
  for (const contender of Object.keys(contenders)) {
    if (only && !contender.includes(only)) continue
    const reader = launch(1, ['--expose-gc'], join(import.meta.dirname, 'reader.ts'), contender, String(COUNT))
    try {
      const { time, cpu } = await message<{ time: number; cpu: number }>(reader)
      const eventsPerSecond = Math.round((COUNT / time) * 1000)
      const cpuPerEvent = Number((cpu / COUNT).toPrecision(3))
      const { rates, cpus } = costs.get(contender) ?? { rates: [], cpus: [] }
      costs.set(contender, { rates: [...rates, eventsPerSecond], cpus: [...cpus, cpuPerEvent] })
      console.log(JSON.stringify({ bench: 'client', round, count: COUNT, contender, eventsPerSecond, cpuPerEvent }))
    } finally {
      await end(reader)
    }
  }
}

const rows = [...costs].map(([contender, { rates, cpus }]) => ({ contender, rate: median(rates), cpu: median(cpus) }))
const base = rows[0]?.cpu ?? 1
console.log(
  `\n${'contender'.padEnd(46)}${'events/s'.padStart(12)}${'us CPU/event'.padStart(14)}${'as fast as the first'.padStart(22)}`,
)
for (const { contender, rate, cpu } of rows) {
  console.log(
    `${contender.padEnd(46)}${String(rate).padStart(12)}${cpu.toFixed(2).padStart(14)}${(base / cpu).toFixed(2).padStart(22)}`,
  )
}

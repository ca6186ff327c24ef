import { join } from 'node:path'
import { end, launch, median, message } from '../launch.ts'
import { contenders } from './contenders.ts'

/**
 * One stream, one reader: how many events a second, and what one costs the server. Server and reader are processes of
 * their own, on a core of their own where the system allows it; the contenders take turns, and the median counts.
 */
const ROUNDS = Number(process.env['ROUNDS'] ?? 5)
const COUNT = Number(process.env['COUNT'] ?? 200_000)
const only = process.argv[2]

interface Result {
  contender: string
  eventsPerSecond: number
  cpuPerEvent: number
  bytesPerEvent: number
}

async function measure(contender: string): Promise<Result> {
  const server = launch(0, [], join(import.meta.dirname, 'server.ts'), contender, String(COUNT))
  try {
    const { port } = await message<{ port: number }>(server)
    const cost = message<{ cpu: number }>(server)
    const reader = launch(1, [], join(import.meta.dirname, 'reader.ts'), String(port))
    const { time, bytes } = await message<{ time: number; bytes: number }>(reader)
    const { cpu } = await cost
    return {
      contender,
      eventsPerSecond: Math.round((COUNT / time) * 1000),
      cpuPerEvent: cpu / COUNT,
      bytesPerEvent: Math.round(bytes / COUNT),
    }
  } finally {
    await end(server)
  }
}

const results: Result[] = []
for (let round = 0; round < ROUNDS; round++) {
  for (const contender of Object.keys(contenders)) {
    if (only && !contender.includes(only)) continue
    const result = await measure(contender)
    results.push(result)
    console.log(JSON.stringify({ bench: 'one-stream', round, count: COUNT, ...result }))
  }
}

const rows = [...new Set(results.map(({ contender }) => contender))].map((contender) => {
  const own = results.filter((result) => result.contender === contender)
  return {
    contender,
    rate: median(own.map(({ eventsPerSecond }) => eventsPerSecond)),
    cpu: median(own.map(({ cpuPerEvent }) => cpuPerEvent)),
  }
})
const base = rows[0]
console.log(
  `\n${'contender'.padEnd(38)}${'events/s'.padStart(12)}${'us CPU/event'.padStart(14)}${'first is x'.padStart(12)}`,
)
for (const { contender, rate, cpu } of rows) {
  const ratio = base ? base.rate / rate : 1
  console.log(
    `${contender.padEnd(38)}${String(rate).padStart(12)}${cpu.toFixed(2).padStart(14)}${ratio.toFixed(2).padStart(12)}`,
  )
}

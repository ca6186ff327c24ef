import { join } from 'node:path'
import { end, launch, median, message } from '../launch.ts'
import { fetching, patching } from './patching.ts'

/**
 * What it costs to keep fetched data true by events. 1,000 rows, of which each event changes one, 100 events in each frame; and how often
 * is fetched, where each of 100 events says that the data are old.
 */
const ROUNDS = Number(process.env['ROUNDS'] ?? 5)
const COUNT = Number(process.env['COUNT'] ?? 4000)
const EVENTS = 100

async function measure<T>(bench: string, contender: string, count: number): Promise<T> {
  const page = launch(1, ['--expose-gc'], join(import.meta.dirname, 'page.ts'), bench, contender, String(count))
  try {
    const result = await message<T>(page)
    console.log(JSON.stringify({ bench: 'query', of: bench, count, contender, ...result }))
    return result
  } finally {
    await end(page)
  }
}

const costs = new Map<string, number[]>()
for (let round = 0; round < ROUNDS; round++) {
  for (const contender of Object.keys(patching)) {
    const { cpuPerEvent } = await measure<{ cpuPerEvent: number }>('patches', contender, COUNT)
    costs.set(contender, [...(costs.get(contender) ?? []), cpuPerEvent])
  }
}
const rows = [...costs].map(([contender, all]) => ({ contender, cpu: median(all) }))
const [floor = 0, base = 1] = rows.map(({ cpu }) => cpu)
const heads = ['us CPU/event', 'without the events', 'of setQueryData, %']
console.log(`\n${'contender'.padEnd(38)}${heads.map((head) => head.padStart(20)).join('')}`)
for (const { contender, cpu } of rows) {
  const own = cpu - floor
  const share = (own / (base - floor)) * 100
  console.log(`${contender.padEnd(38)}${[cpu, own, share].map((value) => value.toFixed(1).padStart(20)).join('')}`)
}
console.log()

const counts: string[] = []
for (const contender of Object.keys(fetching)) {
  const { fetches, isTrue } = await measure<{ fetches: number; isTrue: boolean }>('fetches', contender, EVENTS)
  counts.push(`${contender.padEnd(38)}${String(fetches).padStart(14)}${(isTrue ? 'yes' : 'no').padStart(18)}`)
}
console.log(`\n${'contender'.padEnd(38)}${'fetches'.padStart(14)}${'true in the end'.padStart(18)}`)
for (const line of counts) console.log(line)

import { setTimeout as sleep } from 'node:timers/promises'
import { QueryClient } from '@tanstack/query-core'
import { createSSEClient } from '@tidewire/client'
import { tagSnapshot } from '@tidewire/client/query'
import { fetching, patching } from './patching.ts'
import { record, replay, type Row, rowOf } from './recording.ts'

/** One contender, in a process of its own: what its patches cost, or how often it fetches. */
const [bench = '', name = '', count = '0'] = process.argv.slice(2)

// Only a page is kept true.
globalThis.window ??= {} as typeof window

const ROWS = 1000
const PER_FRAME = 100
const WARM_UP = 20
/** As long as an endpoint takes, in milliseconds. */
const LATENCY = 20

async function measurePatches(): Promise<object> {
  const total = Number(count) + WARM_UP * PER_FRAME
  const changes = Array.from({ length: total }, (_, i) => rowOf((i * 7) % ROWS, i + 1))
  const recording = await record(changes, PER_FRAME)
  const { fetch, next } = replay(recording)
  const table = Array.from({ length: ROWS }, (_, id) => rowOf(id, 0))
  let isLast: (row: Row | undefined) => void = () => {}
  const show = patching[name]
  if (!show) throw new Error(`There is no ${name}.`)
  const observer = show({
    client: createSSEClient({ url: 'http://bench.test/_sse', fetch }),
    queryClient: new QueryClient(),
    async fetchRows() {
      await sleep(LATENCY)
      const rows = structuredClone(table)
      tagSnapshot(rows, recording.cursor)
      return rows
    },
    onArrived: (row) => isLast(row),
  })
  let lastId = 0
  observer.subscribe(({ data }) => isLast(data?.[lastId]))
  // Connected, fetched and quiet.
  await sleep(500)

  let begin: NodeJS.CpuUsage | undefined
  for (let part = 0; part < recording.parts.length; part++) {
    if (part === WARM_UP) {
      // What the recording has left behind is not the page's.
      globalThis.gc?.()
      begin = process.cpuUsage()
    }
    const { id, total } = changes[(part + 1) * PER_FRAME - 1] ?? rowOf(0, 0)
    lastId = id
    const isShown = new Promise<void>((resolve) => {
      isLast = (row) => row?.id === id && row.total === total && resolve()
    })
    next()
    await isShown
  }
  const { user, system } = process.cpuUsage(begin)
  return { cpuPerEvent: (user + system) / Number(count) }
}

async function countFetches(): Promise<object> {
  const changes = Array.from({ length: Number(count) }, (_, i) => rowOf(1, i + 1))
  const recording = await record(changes, 10)
  const { fetch, next } = replay(recording)
  let published = 0
  let fetches = 0
  const show = fetching[name]
  if (!show) throw new Error(`There is no ${name}.`)
  const observer = show({
    client: createSSEClient({ url: 'http://bench.test/_sse', fetch }),
    queryClient: new QueryClient(),
    async fetchRows() {
      fetches++
      const rows = [rowOf(1, published)]
      await sleep(LATENCY)
      return rows
    },
    onArrived() {},
  })
  observer.subscribe(() => {})
  await sleep(500)
  const before = fetches
  for (const _ of recording.parts) {
    published += 10
    next()
    await sleep(5)
  }
  await sleep(3000)
  return { fetches: fetches - before, isTrue: observer.getCurrentResult().data?.[0]?.total === Number(count) }
}

const result = await (bench === 'patches' ? measurePatches() : countFetches())
process.send?.(result, () => process.exit(0))

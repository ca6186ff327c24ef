import { once } from 'node:events'
import { createServer } from 'node:http'
import { type AddressInfo, createServer as createTCPServer } from 'node:net'
import { setImmediate as turn, setTimeout as delay } from 'node:timers/promises'
import { contenders } from './contenders.ts'
import type { Phase, Published } from './phase.ts'
import { makeTick } from './stamp.ts'

// Run by run.ts: serves one contender, and publishes as it is told.
const [name = ''] = process.argv.slice(2)
const make = contenders[name]
if (!make) throw new TypeError(`Expected one of ${Object.keys(contenders).join(', ')}, got ${name}.`)
const { path, handler, publish } = await make()
let requests = 0
let closed = 0
const server = createServer((req, res) => {
  requests++
  res.on('close', () => closed++)
  void handler(req, res)
})
// The readers write a byte whenever all of them have all that was published up to a point.
const progress = { acknowledged: 0, onAdvance() {} }
const acknowledgements = createTCPServer((socket) =>
  socket.on('data', ({ length }) => {
    progress.acknowledged += length
    progress.onAdvance()
  }),
)
let n = 0

async function closedLoop({ duration, size, perTurn, turns }: Phase): Promise<number> {
  const begin = performance.now()
  progress.acknowledged = 0
  let asked = 0
  const reach = async (count: number) => {
    while (progress.acknowledged < count) await new Promise<void>((resolve) => (progress.onAdvance = resolve))
  }
  while (performance.now() - begin < duration) {
    for (let i = 0; i < turns; i++) {
      for (let j = 0; j < perTurn; j++) publish(makeTick(n++, size))
      await turn()
    }
    await reach(asked++)
  }
  await reach(asked)
  return asked * turns * perTurn
}

async function openLoop({ duration, size, rate }: Phase): Promise<number> {
  const begin = performance.now()
  let events = 0
  for (let past = 0; past < duration; past = performance.now() - begin) {
    for (const due = (past / 1000) * rate; events < due; events++) {
      publish(makeTick(n++, size))
      if (performance.now() - begin >= duration) return events
    }
    await delay(1)
  }
  return events
}

async function run(phase: Phase): Promise<Published> {
  const before = process.memoryUsage.rss()
  let growth = 0
  const cpuBefore = process.cpuUsage()
  const look = setInterval(() => (growth = Math.max(growth, process.memoryUsage.rss() - before)), 100)
  const events = await (phase.rate > 0 ? openLoop(phase) : closedLoop(phase))
  clearInterval(look)
  const { user, system } = process.cpuUsage(cpuBefore)
  return { events, cpu: user + system, growth, closed }
}

/** What it holds once whatever is not needed has gone, in bytes. */
async function rest(): Promise<number> {
  for (let i = 0; i < 3; i++) {
    await delay(50)
    globalThis.gc?.()
  }
  return process.memoryUsage.rss()
}

process.on('message', (task: { phase?: Phase }) => {
  void (task.phase ? run(task.phase) : rest().then((rss) => ({ rss, requests }))).then((done) => process.send?.(done))
})
// Not left behind, however run.ts ends.
process.on('disconnect', () => process.exit())
server.listen({ port: 0, host: '127.0.0.1', backlog: 4096 })
acknowledgements.listen(0, '127.0.0.1')
await Promise.all([once(server, 'listening'), once(acknowledgements, 'listening')])
const [port, ackPort] = [server, acknowledgements].map((each) => (each.address() as AddressInfo).port)
process.send?.({ port, ackPort, path })

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'

/**
 * Connections that come, read and vanish at random. Prints the server's heap after a garbage collection every few
 * seconds; fails if the heap grows, or if anything runs once the readers are gone.
 */
const MINUTES = Number(process.env['MINUTES'] ?? 10)
const CONNECTIONS = Number(process.env['CONNECTIONS'] ?? 1000)
const EVERY = 10_000

interface Report {
  heapUsed: number
  rss: number
  running: number
  served: number
  resources: Record<string, number>
}

function start(script: string, ...args: string[]): ChildProcess {
  return spawn(process.execPath, ['--expose-gc', join(import.meta.dirname, script), ...args], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
}

async function report(): Promise<Report> {
  server.send('report')
  const [value] = (await once(server, 'message')) as [Report]
  const { heapUsed, rss, running, served, resources } = value
  const sockets = resources['TCPSocketWrap'] ?? 0
  const MB = (bytes: number) => Math.round(bytes / 1e5) / 10
  const row = {
    bench: 'soak',
    heap: MB(heapUsed),
    rss: MB(rss),
    running,
    served,
    sockets,
    timers: resources['Timeout'] ?? 0,
  }
  console.log(JSON.stringify(row))
  return value
}

const server = start('server.ts')
const [{ port }] = (await once(server, 'message')) as [{ port: number }]
const idle = await report()
const readers = start('readers.ts', String(port), String(CONNECTIONS))
const heaps: number[] = []
for (let time = 0; time < MINUTES * 60_000; time += EVERY) {
  await delay(EVERY)
  heaps.push((await report()).heapUsed)
}
readers.send('end')
await once(readers, 'exit')

// Stalled readers are found out when their sockets close.
let last = await report()
for (let i = 0; i < 20 && (last.running > 0 || (last.resources['TCPSocketWrap'] ?? 0) > 0); i++) {
  await delay(500)
  last = await report()
}
server.kill()

const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length
const third = Math.ceil(heaps.length / 3)
const growth = mean(heaps.slice(-third)) / mean(heaps.slice(third, 2 * third))
const problems = [
  last.running > 0 && `${last.running} sources run without a reader.`,
  (last.resources['TCPSocketWrap'] ?? 0) > 0 && 'Sockets are left.',
  (last.resources['Timeout'] ?? 0) > (idle.resources['Timeout'] ?? 0) && 'Timers are left.',
  growth > 1.1 && `The heap of the last third is ${growth.toFixed(2)} times that of the second.`,
].filter(Boolean)
console.log(`\nheap of the last third / the second: ${growth.toFixed(3)}; ${last.served} responses`)
for (const problem of problems) console.error(problem)
process.exitCode = problems.length > 0 ? 1 : 0

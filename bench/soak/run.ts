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
const WARM_UP = 30_000
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

/** Lets readers come and go for a while, and reports the server as it is when all of them are gone. */
async function soak(time: number): Promise<Report> {
  const readers = start('readers.ts', String(port), String(CONNECTIONS))
  for (let past = 0; past < time; past += EVERY) {
    await delay(Math.min(EVERY, time - past))
    await report()
  }
  readers.send('end')
  await once(readers, 'exit')
  // A source that sleeps hears of its reader's end when it wakes.
  let last = await report()
  for (let i = 0; i < 20 && (last.running > 0 || (last.resources['TCPSocketWrap'] ?? 0) > 0); i++) {
    await delay(500)
    last = await report()
  }
  return last
}

const server = start('server.ts')
const [{ port }] = (await once(server, 'message')) as [{ port: number }]
// The heap follows the number of open connections: what counts is what is left when there are none.
const warm = await soak(WARM_UP)
const last = await soak(MINUTES * 60_000)
server.kill()

const growth = last.heapUsed / warm.heapUsed
const problems = [
  last.running > 0 && `${last.running} sources run without a reader.`,
  (last.resources['TCPSocketWrap'] ?? 0) > 0 && 'Sockets are left.',
  (last.resources['Timeout'] ?? 0) > 0 && 'Timers are left.',
  growth > 1.1 && `The heap is ${growth.toFixed(2)} times what it was after the warm-up.`,
].filter(Boolean)
console.log(`\nheap without readers, at the end / after the warm-up: ${growth.toFixed(3)}; ${last.served} responses`)
for (const problem of problems) console.error(problem)
process.exitCode = problems.length > 0 ? 1 : 0

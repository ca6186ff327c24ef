import { connect } from 'node:net'

// Run by run.ts: keeps a number of connections, each of which reads for a while and vanishes in a way of its own.
const [port, connections] = process.argv.slice(2).map(Number) as [number, number]
const paths = ['/ticks', '/flood', '/push', '/short', '/failing', '/progress', '/nowhere']
let isOver = false

const pick = <T>(values: readonly T[]): T => values[Math.floor(Math.random() * values.length)] as T

function read(): void {
  if (isOver) return
  const socket = connect(port, '127.0.0.1')
  const lifetime = Math.random() ** 3 * 5000
  const vanish = pick([
    () => socket.destroy(),
    () => socket.resetAndDestroy(),
    () => socket.end(),
    // Stalls, and goes later.
    () => {
      socket.pause()
      setTimeout(() => socket.destroy(), 1000)
    },
  ])
  const timer = setTimeout(vanish, lifetime)
  socket.on('error', () => {})
  socket.on('close', () => {
    clearTimeout(timer)
    setTimeout(read, 10)
  })
  socket.resume()
  const request = `GET ${pick(paths)} HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n\r\n`
  // Now and then, half a request.
  socket.write(Math.random() < 0.02 ? request.slice(0, 20) : request)
}

process.on('message', () => {
  isOver = true
  setTimeout(() => process.exit(), 100)
})
for (let i = 0; i < connections; i++) setTimeout(read, Math.random() * 1000)

import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'

/** A way to a server that can be lost. */
export interface Proxy {
  readonly origin: string
  /** All that the server has sent so far. */
  sent: () => string
  /** Cuts every open connection, without a goodbye. */
  cut: () => void
  /**
   * Passes on what the server sends up to the first occurrence of a text, and nothing behind it: there the connection
   * ends. Resolves when it has ended.
   */
  cutBehind: (text: string) => Promise<void>
}

/** Stands before a server until the test is over. */
export async function startProxy(port: number): Promise<Proxy> {
  const sockets = new Set<Socket>()
  const chunks: Buffer[] = []
  let trap: { text: string; sprung: () => void } | undefined

  const hold = (socket: Socket) => {
    sockets.add(socket)
    // A connection that is cut fails at both of its ends.
    socket.on('error', () => {}).on('close', () => sockets.delete(socket))
  }

  const proxy = createServer((reader) => {
    const server = connect(port, 'localhost')
    hold(reader)
    hold(server)
    reader.on('close', () => server.destroy()).pipe(server)
    server.on('close', () => reader.end())
    server.on('data', (chunk: Buffer) => {
      chunks.push(chunk)
      const index = trap ? chunk.indexOf(trap.text) : -1
      if (!trap || index < 0) return void reader.write(chunk)
      const { text, sprung } = trap
      trap = undefined
      reader.once('close', sprung).end(chunk.subarray(0, index + Buffer.byteLength(text)))
      server.removeAllListeners('data').destroy()
    })
  }).listen(0)
  await once(proxy, 'listening')

  const cut = () => {
    for (const socket of sockets) socket.resetAndDestroy()
  }
  onTestFinished(async () => {
    cut()
    proxy.close()
    await once(proxy, 'close')
  })

  return {
    origin: `http://localhost:${(proxy.address() as AddressInfo).port}`,
    sent: () => Buffer.concat(chunks).toString(),
    cut,
    cutBehind: (text) => new Promise((sprung) => (trap = { text, sprung })),
  }
}

import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'
import { pipeSSE } from '../src/node/index.ts'
import { turn } from './readStream.ts'

/** Serves until the test is over. Returns the port. */
export async function serve(route: (req: IncomingMessage, res: ServerResponse) => unknown): Promise<number> {
  const server = createServer((req, res) => void route(req, res)).listen(0)
  await once(server, 'listening')
  onTestFinished(async () => {
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
  })
  return (server.address() as AddressInfo).port
}

/** One exchange that a test watches: what the route was given, and the promise of its `pipeSSE`. */
export interface Exchange {
  req: IncomingMessage
  res: ServerResponse
  piped: Promise<void>
}

/** Serves one stream with `pipeSSE`. Returns the port and the exchange, once a request has come. */
export async function servePiped(
  makeStream: (req: IncomingMessage, res: ServerResponse) => ReadableStream<Uint8Array>,
): Promise<{ port: number; exchange: Promise<Exchange> }> {
  const { promise: exchange, resolve } = Promise.withResolvers<Exchange>()
  const port = await serve((req, res) => {
    const piped = pipeSSE(makeStream(req, res), req, res)
    piped.catch(() => {})
    resolve({ req, res, piped })
  })
  return { port, exchange }
}

/** Sends a bare request over a socket that reads only what it is told to. */
export async function ask(port: number, head = 'GET / HTTP/1.1\r\nHost: a'): Promise<Socket> {
  const socket = connect(port, 'localhost')
  socket.on('error', () => {})
  onTestFinished(() => void socket.destroy())
  await once(socket, 'connect')
  socket.pause()
  socket.write(`${head}\r\n\r\n`)
  return socket
}

/** Reads a socket until its text ends as said, or to its end. */
export async function readUntil(socket: Socket, ending?: string): Promise<string> {
  const chunks: string[] = []
  const { promise, resolve } = Promise.withResolvers<void>()
  const onData = (chunk: Buffer) => {
    chunks.push(chunk.toString())
    if (ending !== undefined && chunks.slice(-ending.length).join('').endsWith(ending)) resolve()
  }
  socket.on('data', onData).once('close', resolve).resume()
  await promise
  socket.pause().off('data', onData).off('close', resolve)
  return chunks.join('')
}

/** Resolves when a response is full, and whoever fills it has stopped for many turns. */
export async function stalled(response: ServerResponse, filled: () => number): Promise<void> {
  let seen = Number.NaN
  while (seen !== filled() || !(response.writableNeedDrain || response.socket?.writableNeedDrain)) {
    seen = filled()
    for (let count = 0; count < 50; count++) await turn()
  }
}

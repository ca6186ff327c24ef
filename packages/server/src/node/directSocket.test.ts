import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import * as http2 from 'node:http2'
import type { AddressInfo } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { ask, readUntil, serve } from '../../test/nodeServer.ts'
import type { SSESession } from '../index.ts'
import { directSocket, toChunk } from './directSocket.ts'
import { openSSE } from './index.ts'

/** Serves one request by a route, and gives what came of it on the wire, with what the route returned. */
async function visit<T>(route: (res: ServerResponse) => T, head?: string): Promise<{ wire: string; result: T }> {
  const { promise, resolve } = Promise.withResolvers<T>()
  const port = await serve((_req, res) => resolve(route(res)))
  const socket = await ask(port, head ?? 'GET / HTTP/1.1\r\nHost: a\r\nConnection: close')
  return { wire: await readUntil(socket), result: await promise }
}

function bodyOf(wire: string): string {
  return wire.slice(wire.indexOf('\r\n\r\n') + 4)
}

describe('the socket of a response', () => {
  it('is written to directly, in order with what the response writes itself', async () => {
    const { wire, result } = await visit((res) => {
      res.flushHeaders()
      const socket = directSocket(res)
      socket?.write(toChunk('one é'))
      res.write('two')
      process.nextTick(() => {
        directSocket(res)?.write(toChunk('three'))
        res.end('four')
      })
      return socket === res.socket
    })
    expect(result).toBe(true)
    expect(bodyOf(wire)).toBe('6\r\none é\r\n3\r\ntwo\r\n5\r\nthree\r\n4\r\nfour\r\n0\r\n\r\n')
  })

  it.each<[string, (res: ServerResponse) => void]>([
    ['before its head was sent', () => {}],
    ['where middleware has replaced `write`', (res) => Object.assign(res, { write: () => true }).flushHeaders()],
    ['for a body of a known length', (res) => res.setHeader('content-length', 0).flushHeaders()],
    [
      'while the response is corked',
      (res) => {
        res.flushHeaders()
        res.cork()
      },
    ],
    ['after the end', (res) => res.end()],
    [
      'once the connection is gone',
      (res) => {
        res.flushHeaders()
        res.destroy()
      },
    ],
  ])('is left alone %s', async (_title, prepare) => {
    const { result } = await visit((res) => {
      prepare(res)
      const socket = directSocket(res)
      if (!res.writableEnded) setImmediate(() => (res.writableCorked ? res.uncork() : undefined, res.end()))
      return socket
    })
    expect(result).toBeUndefined()
  })

  it('is left alone for an HTTP/1.0 reader', async () => {
    const { wire, result } = await visit((res) => {
      res.flushHeaders()
      const socket = directSocket(res)
      res.end('all')
      return socket
    }, 'GET / HTTP/1.0')
    expect(result).toBeUndefined()
    expect(bodyOf(wire)).toBe('all')
  })

  it('is left alone over HTTP/2', async () => {
    const { promise, resolve } = Promise.withResolvers<unknown>()
    const server = http2
      .createServer((_req, res) => {
        const response = res as unknown as ServerResponse
        response.flushHeaders()
        resolve(directSocket(response))
        res.end()
      })
      .listen(0)
    await once(server, 'listening')
    const client = http2.connect(`http://localhost:${(server.address() as AddressInfo).port}`)
    onTestFinished(() => {
      client.close()
      server.close()
    })
    client.request({ ':path': '/' }).resume()
    expect(await promise).toBeUndefined()
  })

  it('is left alone while a response before it is on its way', async () => {
    const sessions: SSESession[] = []
    const { promise: both, resolve } = Promise.withResolvers<void>()
    const port = await serve((req, res) => {
      sessions.push(openSSE(req, res, { bye: false }))
      if (sessions.length === 2) resolve()
    })
    const socket = await ask(port, 'GET /1 HTTP/1.1\r\nHost: a\r\n\r\nGET /2 HTTP/1.1\r\nHost: a\r\nConnection: close')
    await both
    // The second is written first, and has to wait.
    sessions[1]?.write({ data: 'second' })
    sessions[1]?.close()
    sessions[0]?.write({ data: 'first' })
    sessions[0]?.close()
    const bodies = (await readUntil(socket)).split('HTTP/1.1 200 OK').slice(1).map(bodyOf)
    expect(bodies).toEqual(['d\r\ndata: first\n\n\r\n0\r\n\r\n', 'e\r\ndata: second\n\n\r\n0\r\n\r\n'])
  })
})

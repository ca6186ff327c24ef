import { describe, expect, it } from 'vitest'
import { ask, readUntil, servePiped } from '../test/nodeServer.ts'
import { turn } from '../test/readStream.ts'
import { createSSEStream, type SSESession } from './index.ts'

const COMPLETE = 'event: sse.bye\ndata: {"reason":"complete"}\n\n'

function chunksOf(stream: ReadableStream<Uint8Array<ArrayBuffer>>) {
  return stream.pipeThrough(new TextDecoderStream()).getReader()
}

describe('the body of a response', () => {
  it('begins with an empty comment while its source is silent', async () => {
    const session = Promise.withResolvers<SSESession>()
    const chunks = chunksOf(createSSEStream(session.resolve))
    expect(await chunks.read()).toEqual({ done: false, value: ':\n\n' })
    const opened = await session.promise
    opened.json(1)
    expect(await chunks.read()).toEqual({ done: false, value: 'data: 1\n\n' })
    await chunks.cancel()
  })

  it.each([
    ['an event', () => createSSEStream((session) => void session.json(1)), 'data: 1\n\n'],
    [
      'the first of a generator',
      () =>
        createSSEStream(async function* () {
          yield { data: 1 }
          await new Promise(() => {})
        }),
      'data: 1\n\n',
    ],
    ['the reconnection time', () => createSSEStream(() => {}, { retry: 5 }), 'retry: 5\n\n'],
    ['the end', () => createSSEStream(async () => {}), COMPLETE],
  ])('begins with %s where that comes at once, and has no comment', async (_what, makeStream, first) => {
    const chunks = chunksOf(makeStream())
    expect(await chunks.read()).toEqual({ done: false, value: first })
    const second = chunks.read()
    for (let count = 0; count < 5; count++) await turn()
    await chunks.cancel()
    expect(await second).toEqual({ done: true, value: undefined })
  })

  it('stays empty where the stream ends at once without a word', async () => {
    const text = await createSSEStream(async () => {}, { bye: false })
      .toResponse()
      .text()
    expect(text).toBe('')
  })

  it('is left before it begins without a failure', async () => {
    const session = Promise.withResolvers<SSESession>()
    const chunks = chunksOf(createSSEStream(session.resolve))
    const first = chunks.read()
    const { closed } = await session.promise
    await chunks.cancel()
    await closed
    for (let count = 0; count < 5; count++) await turn()
    expect(await first).toEqual({ done: true, value: undefined })
  })

  it('has no comment on node, where the head leaves by itself', async () => {
    const session = Promise.withResolvers<SSESession>()
    const { port } = await servePiped(() => createSSEStream(session.resolve))
    const socket = await ask(port)
    expect(await readUntil(socket, '\r\n\r\n')).toMatch(/^HTTP\/1\.1 200 OK\r\n.*\r\n\r\n$/s)
    const opened = await session.promise
    for (let count = 0; count < 5; count++) await turn()
    opened.json(1)
    expect(await readUntil(socket, 'data: 1\n\n\r\n')).toBe('9\r\ndata: 1\n\n\r\n')
  })
})

import type { SSEEvent } from '@tidewire/server'
import { expect } from 'vitest'
import { readFrames } from '../frameReader.ts'
import { serveSource } from './serveStream.ts'
import { useSection } from './useSection.ts'

const { sentence, untested } = useSection(2)

/** Sends one event. Returns what came of it before the end, and whether it was refused. */
async function send(event: SSEEvent) {
  let isRefused = false
  const { read } = await serveSource(
    async (session) => {
      await session.send(event).catch(() => {
        isRefused = true
      })
    },
    { bye: false },
  )
  return { ...(await read()), isRefused }
}

const refused = { isRefused: true, text: '' }

sentence(
  '2.1',
  '`event` MUST NOT hold CR, LF or NUL; `id` MUST be empty or a position that 4.2 lets a client send; `retry` MUST be a non-negative integer, in milliseconds.',
  async () => {
    for (const event of ['a\r', 'a\nb', '\0']) expect(await send({ event, data: 1 })).toMatchObject(refused)
    for (const id of [' a', 'a ', 'a\tb', 'x'.repeat(1025)]) expect(await send({ id, data: 1 })).toMatchObject(refused)
    for (const retry of [-1, 0.5, Infinity]) expect(await send({ retry, data: 1 })).toMatchObject(refused)
    expect((await send({ id: '', event: 'a', retry: 0, data: 1 })).isRefused).toBe(false)
  },
)

sentence('2.1', 'The server refuses every other event and sends nothing of it.', async () => {
  for (const data of [1n, () => 1, Symbol('a')]) expect(await send({ data })).toMatchObject(refused)
  expect(await send({ comment: 'fine', id: 'fine', event: 'a\n', data: 'fine' })).toMatchObject(refused)
})

sentence(
  '2.2',
  'Payloads and comments are split into lines at CRLF, CR and LF, and at nothing else. One space follows every colon.',
  async () => {
    const lines = '1\r\n2\r3\n4\v\f\u0085\u2028\u2029'
    const { text } = await send({ comment: lines, data: lines })
    const last = '4\v\f\u0085\u2028\u2029'
    expect(text).toBe(`: 1\n: 2\n: 3\n: ${last}\ndata: 1\ndata: 2\ndata: 3\ndata: ${last}\n\n`)
  },
)

sentence('2.3', 'A text payload is sent as it is; every other payload is sent as JSON.', async () => {
  for (const [data, sent] of [
    ['{"a"', '{"a"'],
    [{ a: [null] }, '{"a":[null]}'],
    [null, 'null'],
  ]) {
    expect((await send({ data })).events).toMatchObject([{ data: sent }])
  }
})

sentence('2.3', 'An event without a name is a `message`.', async () => {
  expect((await send({ data: 'a' })).events).toMatchObject([{ type: 'message' }])
})

untested('2.4', 'a definition', 'Names that begin with `sse.` are reserved.')

sentence('2.4', 'The server MUST refuse them from its user,', async () => {
  for (const event of ['sse.', 'sse.bye', 'sse.mine']) expect(await send({ event, data: 1 })).toMatchObject(refused)
})

untested('2.4', 'what a reader does', 'and the client MUST NOT hand such an event to its user.')

sentence('2.5', 'A heartbeat is a comment, or on a hub an id (7.5).', async () => {
  const { promise, resolve } = Promise.withResolvers<void>()
  const { ask } = await serveSource(() => promise, { heartbeat: 10, bye: false })
  const { next, rest } = readFrames(await ask())
  expect(await next()).toMatch(/^:/)
  resolve()
  for (const frame of await rest()) expect(frame).toMatch(/^:/)
})

untested('2.5', 'what a reader does', 'It MUST NOT become an event.')

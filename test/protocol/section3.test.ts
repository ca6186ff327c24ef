import { expect } from 'vitest'
import { type ServedStream, serveSource } from './serveStream.ts'
import { useSection } from './useSection.ts'

const { sentence, untested } = useSection(3)

async function lastOf({ read }: ServedStream): Promise<unknown> {
  const { type, data } = (await read()).events.at(-1) ?? {}
  return { type, data: JSON.parse(data ?? 'null') as unknown }
}

async function fail(): Promise<never> {
  throw new Error('password is hunter2')
}

sentence(
  '3.1',
  'A source that ends by itself sends `sse.bye` with `{ "reason": "complete" }` before the response ends.',
  async () => {
    const served = await serveSource((session) => session.send({ data: 1 }))
    expect(await lastOf(served)).toEqual({ type: 'sse.bye', data: { reason: 'complete' } })
  },
)

untested('3.1', 'what a reader does', 'The client MUST close and MUST NOT come back.')

sentence('3.2', 'A source that fails sends `sse.bye` with `{ "reason": "error", "code": <code> }`.', async () => {
  const served = await serveSource(fail, { mapError: () => ({ code: 'E_FULL' }) })
  expect(await lastOf(served)).toEqual({ type: 'sse.bye', data: { reason: 'error', code: 'E_FULL' } })
})

sentence(
  '3.2',
  "What the failure says of itself MUST NOT reach the wire; `code` is `internal` unless the server's user maps it.",
  async () => {
    const served = await serveSource(fail)
    expect((await served.read()).text).not.toContain('hunter2')
    expect(await lastOf(served)).toEqual({ type: 'sse.bye', data: { reason: 'error', code: 'internal' } })
  },
)

sentence(
  '3.3',
  'A stream that reaches the age its server allows sends `sse.bye` with `{ "reason": "timeout" }`.',
  async () => {
    const served = await serveSource(() => new Promise<never>(() => {}), { timeout: 20 })
    expect(await lastOf(served)).toEqual({ type: 'sse.bye', data: { reason: 'timeout' } })
  },
)

untested(
  '3.4',
  'what a reader does',
  'A stream that ends without `sse.bye`, or with another reason than `complete`, is a lost connection. The client reconnects if the request was a GET. It MUST NOT repeat any other request unless its user asked for that.',
)

sentence('3.5', 'A server MAY leave `sse.bye` out for readers of other makes.', async () => {
  const { read } = await serveSource((session) => session.send({ data: 1 }), { bye: false })
  expect((await read()).text).toBe('data: 1\n\n')
})

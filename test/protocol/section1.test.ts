import { expect } from 'vitest'
import { serveChannels } from './serveChannels.ts'
import { serveSource } from './serveStream.ts'
import { useSection } from './useSection.ts'

const { sentence, untested } = useSection(1)

/** A source that says nothing. */
const silence = () => new Promise<never>(() => {})

/** Asks a stream and a hub. */
async function askBoth(): Promise<Response[]> {
  const { ask } = await serveSource(silence)
  return [await ask(), await (await serveChannels({ news: undefined })).ask('channel=news')]
}

sentence(
  '1.1',
  'A stream is a response with status 200 and `Content-Type: text/event-stream; charset=utf-8`.',
  async () => {
    for (const { status, headers } of await askBoth()) {
      expect([status, headers.get('content-type')]).toEqual([200, 'text/event-stream; charset=utf-8'])
    }
  },
)

sentence(
  '1.1',
  'The server SHOULD send `Cache-Control: no-cache, no-transform` and `X-Accel-Buffering: no`.',
  async () => {
    for (const { headers } of await askBoth()) {
      expect(headers.get('cache-control')).toBe('no-cache, no-transform')
      expect(headers.get('x-accel-buffering')).toBe('no')
    }
  },
)

sentence('1.1', 'The head MUST leave before the first event.', async () => {
  const { promise, resolve } = Promise.withResolvers<void>()
  const { ask } = await serveSource(async (session) => {
    await promise
    await session.send({ data: 'late' })
  })
  const response = await ask()
  resolve()
  expect(await response.text()).toContain('data: late')
})

untested(
  '1.1',
  'of other runtimes',
  'Where it would wait for the body, the server begins the body with an empty comment, `:` and an empty line, if there is no event yet.',
)

sentence('1.2', 'A refusal is a real HTTP status, sent instead of a stream.', async () => {
  const { ask } = await serveSource(silence, { prepare: () => new Response('No.', { status: 404 }) })
  const hub = await serveChannels({ secret: () => false })
  for (const response of [await ask(), await hub.ask('channel=secret')]) {
    expect(response.ok).toBe(false)
    expect(response.headers.get('content-type')).not.toContain('text/event-stream')
  }
})

untested(
  '1.2',
  'what a reader does',
  'The client reads a stream only from a response with status 200 whose content type is `text/event-stream`, compared without regard to case and parameters; it MUST cancel the body of every other response.',
)
untested(
  '1.3',
  'what a reader does',
  '204 means that there is nothing to follow: the client MUST stop, without an error. After 401 and 403 it stops as denied. After 408, 425, 429 and 5xx it tries again; after every other status it stops with an error.',
)
untested(
  '1.4',
  'what a reader does',
  "`Retry-After`, in seconds or as a date, is the least that the client waits before it tries again. Of that, and of `retry:` (4.4, 14.5), it takes one hour at most: a slip of the server's must not silence it for ever.",
)

import { createSSEStream } from '@tidewire/server'
import { expect } from 'vitest'
import { serveStreams } from './serveStream.ts'
import { useSection } from './useSection.ts'

const { sentence, untested } = useSection(4)

/** Sends a position. Returns what the server took it for. */
async function take(lastEventId: string | undefined, query = ''): Promise<string | undefined> {
  const { read } = await serveStreams((request) =>
    createSSEStream((session) => session.send({ data: session.lastEventId }), { request, bye: false }),
  )
  const { events } = await read(query, lastEventId === undefined ? {} : { 'last-event-id': lastEventId })
  return events[0]?.data
}

/** Text as the characters of a header value that are its bytes. */
function toBytes(text: string): string {
  return Buffer.from(text).toString('latin1')
}

untested(
  '4.1',
  'what a reader does',
  'The position of a reader is the last event ID, as the HTML Standard defines it: an `id` sets it, also in a block without data; an empty `id` clears it; it outlives reconnections whose streams send none.',
)
untested(
  '4.2',
  'what a reader does',
  'The client sends its position as `Last-Event-ID`, encoded as UTF-8, one byte per character of the header value. A position longer than 1,024 bytes, with a space at either end, or with a control character (U+0000 to U+001F, U+007F to U+009F) MUST NOT be sent: the client then resumes nothing, and MUST tell its user so when it is back.',
)

sentence(
  '4.3',
  'The server decodes the header as UTF-8, and takes a value that is not UTF-8 as one that its runtime has decoded already.',
  async () => {
    expect(await take(toBytes('é😀'))).toBe('é😀')
    expect(await take('é')).toBe('é')
  },
)

sentence('4.3', 'Where there is no header it takes the query parameter `lastEventId`.', async () => {
  expect(await take(undefined, `lastEventId=${encodeURIComponent('é 1')}`)).toBe('é 1')
  expect(await take('header', 'lastEventId=query')).toBe('header')
})

sentence('4.3', 'It MUST treat a value that 4.2 forbids as no position.', async () => {
  expect(await take('x'.repeat(1024))).toBe('x'.repeat(1024))
  expect(await take('x'.repeat(1025))).toBe('')
  expect(await take(toBytes('a\u0085b'))).toBe('')
  for (const id of [' a', 'a ', 'a\0', 'a\x1F', 'a\x7F', 'a\x9F', 'é'.repeat(513)]) {
    expect([id, await take(undefined, `lastEventId=${encodeURIComponent(id)}`)]).toEqual([id, ''])
  }
})

untested(
  '4.4',
  'what a reader does',
  'The client waits before each reconnection: a random part of a bound that grows from one attempt to the next, and at least what the last `retry:` said. An event resets the bound, and so does a connection that stood for five seconds.',
)
untested(
  '4.5',
  'what a reader does',
  'Across origins, `Last-Event-ID` needs a preflight, unlike in a native `EventSource`: the server has to allow that header (`Access-Control-Allow-Headers: Last-Event-ID`), or the first reconnection with a position fails.',
)

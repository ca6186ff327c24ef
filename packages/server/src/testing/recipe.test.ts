import { createSSEHub, eventTypes } from '@tidewire/server'
import { createStalledReader, readEvents } from '@tidewire/server/testing'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'

const channels = { news: eventTypes<{ message: { title: string } }>() }
const url = 'http://localhost/_sse?channel=news'

function openHub() {
  const hub = createSSEHub({ channels, limits: { maxBufferSize: 10_000 } })
  hub.channel('news')
  return hub
}

let hub: ReturnType<typeof openHub>

beforeEach(() => {
  hub = openHub()
})

afterEach(() => hub.close())

it('sends what is published', async () => {
  const events = readEvents(await hub.fetch(new Request(url)))
  // `sse.hello`: from here on the reader is live.
  await events.take(1)
  await hub.to('news').data({ title: 'A lamp' })
  expect(await events.take(1)).toMatchObject([{ event: 'message', data: { title: 'A lamp' } }])
  await events.close()
})

it('sends away who does not read', async () => {
  const reader = await createStalledReader(url, { fetch: hub.fetch })
  await reader.events.take(1)
  expect(hub.connectionCount).toBe(1)
  for (let n = 0; n < 20; n++) await hub.to('news').data({ title: 'x'.repeat(1000) })
  await vi.waitFor(() => expect(hub.connectionCount).toBe(0))
  await reader.close()
})

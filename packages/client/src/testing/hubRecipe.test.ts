import { createSSEClient } from '@tidewire/client'
import { createTestTransport, type TestTransport } from '@tidewire/client/testing'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'

let transport: TestTransport

beforeEach(() => {
  transport = createTestTransport()
})

afterEach(() => transport.close())

it('fetches anew what it has missed', async () => {
  const refetch = vi.fn()
  const client = createSSEClient({ fetch: transport.fetch })
  const order = client.subscribe('orders/42', { onGap: refetch })
  const { hub } = await transport.open()
  await hub.hello()
  await hub.event('orders/42', 'updated', { title: 'A lamp' })
  expect(order.data).toEqual({ title: 'A lamp' })
  await hub.reset(['orders/42'])
  expect(refetch).toHaveBeenCalledOnce()

  // A second channel joins on the same connection, by a change of the set.
  const news = client.subscribe('news')
  const change = await transport.change()
  expect(change.channels).toEqual({ 'orders/42': 'test.1', news: null })
  await hub.live(['news'])
  expect(news.status).toBe('open')
})

import { cleanup, render, screen } from '@testing-library/react'
import { createTestTransport } from '@tidewire/client/testing'
import { createSSEClient, eventTypes, type SSEClient, useSSEChannel } from '@tidewire/react'
import { afterEach, expect, it, vi } from 'vitest'

const channels = { 'orders/:id': { updated: eventTypes<{ title: string }>() } }

function Order({ client, id }: { client: SSEClient<typeof channels>; id: string }) {
  const { data, error } = useSSEChannel(`orders/${id}`, { client })
  return <h1>{error ? 'Not for you' : (data?.title ?? 'Loading')}</h1>
}

const transport = createTestTransport()
const client = createSSEClient({ channels, fetch: transport.fetch, linger: 0 })

afterEach(async () => {
  cleanup()
  await vi.waitFor(() => expect(transport.connections).toEqual([]))
})

it('shows the order', async () => {
  render(<Order client={client} id="42" />)
  const { hub } = await transport.open()
  await hub.hello()
  await hub.event('orders/42', 'updated', { title: 'A lamp' })
  expect(await screen.findByText('A lamp')).toBeDefined()
})

it('says so where that is not allowed', async () => {
  render(<Order client={client} id="7" />)
  const { hub } = await transport.open()
  await hub.hello({ channels: { 'orders/7': 'denied' } })
  expect(await screen.findByText('Not for you')).toBeDefined()
})

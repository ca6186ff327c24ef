import { createTestTransport, type TestTransport } from '@tidewire/client/testing'
import { useEventStream } from '@tidewire/vue'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { createApp, defineComponent, h } from 'vue'

let transport: TestTransport

const Load = defineComponent(() => {
  const { data, status } = useEventStream<{ message: number }>('/load', { fetch: transport.fetch, linger: 0 })
  return () => h('p', status.value === 'open' ? `Load: ${data.value}` : 'Connecting')
})

beforeEach(() => {
  transport = createTestTransport()
})

afterEach(() => transport.close())

it('shows the load, and leaves with the page', async () => {
  const page = document.createElement('main')
  const app = createApp(Load)
  app.mount(page)
  expect(page.textContent).toBe('Connecting')
  const connection = await transport.open()
  await connection.message(7)
  await vi.waitFor(() => expect(page.textContent).toBe('Load: 7'))
  app.unmount()
  await connection.closed
})

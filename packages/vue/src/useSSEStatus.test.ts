import { describe, expect, it, vi } from 'vitest'
import { createSSRApp, h } from 'vue'
import { renderToString } from 'vue/server-renderer'
import { withHubServer } from '../../../test/withHubServer.ts'
import { inScope, leaveAll, mount } from '../test/mounted.ts'
import { createSSE, useSSEChannel, useSSEStatus } from './index.ts'

const server = withHubServer(leaveAll)

describe('useSSEStatus', () => {
  it('shows how the connection is that the components share', async () => {
    const client = server.client()
    const banner = mount(() => {
      const { status } = useSSEStatus()
      return () => status.value
    }, createSSE(client))
    expect(banner.element.textContent).toBe('idle')
    const order = mount(() => {
      const { status } = useSSEChannel('orders/42', { client })
      return () => status.value
    })
    await vi.waitFor(() => expect(banner.element.textContent).toBe('open'))
    order.unmount()
    await vi.waitFor(() => expect(banner.element.textContent).toBe('idle'))
    expect(server.requests).toEqual(['GET'])
  })

  it('shows that the connection is lost, and when it is back', async () => {
    const client = server.client(undefined, { lostAfter: 0, retry: { delay: 150, jitter: 'none' } })
    const { status, isLost, nextRetryAt } = inScope(() => useSSEStatus({ client }))
    inScope(() => useSSEChannel('orders/42', { client }))
    await vi.waitFor(() => expect(status.value).toBe('open'))
    server.cut()
    await vi.waitFor(() => expect([status.value, isLost.value]).toEqual(['reconnecting', true]))
    expect(nextRetryAt.value).toBeGreaterThan(0)
    await vi.waitFor(() => expect([status.value, isLost.value]).toEqual(['open', false]))
  })

  it('renders for nothing that it does not read', async () => {
    const client = server.client()
    let renders = 0
    mount(() => {
      const { isLost } = useSSEStatus({ client })
      return () => `${++renders && isLost.value}`
    })
    const { status } = inScope(() => useSSEChannel('orders/42', { client }))
    await vi.waitFor(() => expect(status.value).toBe('open'))
    expect(renders).toBe(1)
  })

  it('is idle on the server', async () => {
    const client = server.client()
    const app = createSSRApp(() => h('p', useSSEStatus({ client }).status.value))
    expect(await renderToString(app)).toBe('<p>idle</p>')
  })

  it('throws where there is no client', () => {
    expect(() => inScope(() => useSSEStatus())).toThrow('Expected `app.use(createSSE())`')
  })
})

import { describe, expect, it, vi } from 'vitest'
import { createSSRApp, defineComponent, h, KeepAlive, nextTick, ref, shallowRef } from 'vue'
import { renderToString } from 'vue/server-renderer'
import { withHubServer } from '../../../test/withHubServer.ts'
import { inScope, leaveAll, mount } from '../test/mounted.ts'
import { type ChannelSource, createSSE, provideSSE, useSSEChannel, useSSEClient } from './index.ts'

const server = withHubServer(leaveAll)
const { followed } = server

const send = (id: string, title: string) => server.hub.to(`orders/${id}`).send('updated', { title })

describe('useSSEChannel', () => {
  it('follows the channel while the component is mounted', async () => {
    const client = server.client()
    const { element, unmount } = mount(() => {
      const { data, status, lastEvent } = useSSEChannel('orders/42', { client })
      return () => `${status.value} ${JSON.stringify(data.value)} ${lastEvent.value?.event}`
    })
    expect(element.textContent).toBe('connecting undefined undefined')
    await followed('orders/42')
    await send('42', 'A lamp')
    await vi.waitFor(() => expect(element.textContent).toBe('open {"title":"A lamp"} updated'))
    unmount()
    await followed('orders/42', 0)
    await vi.waitFor(() => expect(client.status).toBe('idle'))
  })

  it('shares the one connection of the client that is provided', async () => {
    const client = server.client()
    const Order = defineComponent({
      props: { id: { type: Number, required: true } },
      setup(props) {
        const { data } = useSSEChannel(() => `orders/${props.id}`)
        return () => h('p', JSON.stringify(data.value))
      },
    })
    const { element } = mount(
      () => () => Array.from({ length: 50 }, (_, key) => h(Order, { key, id: key % 2 })),
      createSSE(client),
    )
    await followed('orders/0')
    await followed('orders/1')
    await send('0', 'A lamp')
    await vi.waitFor(() => expect(element.textContent).toBe('{"title":"A lamp"}'.repeat(25)))
    expect(server.requests).toEqual(['GET'])
    expect(server.hub.connectionCount).toBe(1)
  })

  it('calls every callback, in order, whatever a watcher sees', async () => {
    const client = server.client()
    const heard: string[] = []
    const { status } = inScope(() =>
      useSSEChannel('orders/42', {
        client,
        on: { updated: ({ title }) => heard.push(title) },
        onEvent: ({ event }) => heard.push(event),
      }),
    )
    await vi.waitFor(() => expect(status.value).toBe('open'))
    await Promise.all(['A', 'B', 'C'].map((title) => send('42', title)))
    await vi.waitFor(() => expect(heard).toEqual(['A', 'updated', 'B', 'updated', 'C', 'updated']))
  })

  it('moves to another channel on the same connection, and keeps data until its first event', async () => {
    const client = server.client()
    const id = ref('1')
    const { data } = inScope(() => useSSEChannel(() => `orders/${id.value}`, { client }))
    await followed('orders/1')
    await send('1', 'A lamp')
    await vi.waitFor(() => expect(data.value).toEqual({ title: 'A lamp' }))
    id.value = '2'
    await followed('orders/2')
    await followed('orders/1', 0)
    expect(data.value).toEqual({ title: 'A lamp' })
    await send('2', 'A chair')
    await vi.waitFor(() => expect(data.value).toEqual({ title: 'A chair' }))
    expect(server.requests.filter((method) => method === 'GET')).toHaveLength(1)
  })

  it.each([null, undefined, false, ''] as const)('takes part in nothing while the channel is %j', async (none) => {
    const client = server.client()
    const channel = shallowRef<ChannelSource<'orders/42'>>(none)
    const { status } = inScope(() => useSSEChannel(channel, { client }))
    expect(status.value).toBe('idle')
    channel.value = 'orders/42'
    await vi.waitFor(() => expect(status.value).toBe('open'))
    channel.value = none
    await vi.waitFor(() => expect(status.value).toBe('idle'))
    await followed('orders/42', 0)
  })

  it('takes part with `enabled`, and goes on where it was', async () => {
    const client = server.client()
    const enabled = ref(true)
    const { data, status } = inScope(() => useSSEChannel('orders/42', { client, enabled }))
    await followed('orders/42')
    await send('42', 'A')
    await vi.waitFor(() => expect(data.value).toEqual({ title: 'A' }))
    enabled.value = false
    await followed('orders/42', 0)
    await vi.waitFor(() => expect(status.value).toBe('idle'))
    await send('42', 'B')
    enabled.value = true
    await vi.waitFor(() => expect(data.value).toEqual({ title: 'B' }))
  })

  it('shows why a channel is refused, while another goes on', async () => {
    const client = server.client()
    const onClose = vi.fn()
    const order = inScope(() => useSSEChannel('orders/42', { client }))
    const secret = inScope(() => useSSEChannel('secrets/1', { client, onClose }))
    await vi.waitFor(() => expect(secret.status.value).toBe('closed'))
    expect([secret.closeReason.value, secret.error.value?.code]).toEqual(['denied', 'denied'])
    expect(onClose).toHaveBeenCalledExactlyOnceWith('denied')
    await vi.waitFor(() => expect(order.status.value).toBe('open'))
  })

  it('shows that the right to a channel was taken back, and asks again by hand', async () => {
    const client = server.client('ann')
    const { status, closeReason, open } = inScope(() => useSSEChannel('orders/42', { client }))
    await vi.waitFor(() => expect(status.value).toBe('open'))
    await server.hub.revoke('orders/42', { identity: 'ann' })
    await vi.waitFor(() => expect([status.value, closeReason.value]).toEqual(['closed', 'revoked']))
    open()
    await vi.waitFor(() => expect(status.value).toBe('open'))
  })

  it('rests while a KeepAlive has put the component aside, and gets what it missed', async () => {
    const client = server.client()
    const isShown = ref(true)
    const Order = defineComponent(() => {
      const { recent } = useSSEChannel('orders/42', { client, recent: 9 })
      return () => h('p', recent.value.map(({ text }) => text).join())
    })
    const { element } = mount(() => () => h(KeepAlive, () => (isShown.value ? h(Order) : undefined)))
    await followed('orders/42')
    await send('42', 'A')
    await vi.waitFor(() => expect(element.textContent).toBe('{"title":"A"}'))
    isShown.value = false
    await followed('orders/42', 0)
    await send('42', 'B')
    isShown.value = true
    await vi.waitFor(() => expect(element.textContent).toBe('{"title":"A"},{"title":"B"}'))
  })

  it('says that it has missed events when a KeepAlive brings it back beside another that makes a list of its own', async () => {
    const client = server.client()
    const isShown = ref(true)
    const gaps: string[] = []
    const createList = () =>
      defineComponent(() => {
        const { data } = useSSEChannel('orders/42', {
          client,
          initialData: '',
          reduce: (list, event) => (event.event === 'updated' ? list + event.data.title : list),
          onGap: ({ reason }) => void gaps.push(reason),
        })
        return () => h('p', data.value)
      })
    const [Own, Other] = [createList(), createList()]
    const { element } = mount(() => () => [h(KeepAlive, () => (isShown.value ? h(Own) : undefined)), h(Other)])
    await followed('orders/42')
    await send('42', 'A')
    await vi.waitFor(() => expect(element.textContent).toBe('AA'))
    isShown.value = false
    await send('42', 'B')
    await vi.waitFor(() => expect(element.textContent).toBe('AB'))
    isShown.value = true
    await vi.waitFor(() => expect(gaps).toEqual(['reset']))
    await send('42', 'C')
    await vi.waitFor(() => expect(element.textContent).toBe('ACABC'))
    expect(gaps).toEqual(['reset'])
  })

  it('shows what there was at once when a route comes back within the linger', async () => {
    const client = server.client(undefined, { linger: 500 })
    const setup = () => {
      const { data } = useSSEChannel('orders/42', { client })
      return () => JSON.stringify(data.value)
    }
    const { unmount, element } = mount(setup)
    await followed('orders/42')
    await send('42', 'A')
    await vi.waitFor(() => expect(element.textContent).toBe('{"title":"A"}'))
    unmount()
    expect(mount(setup).element.textContent).toBe('{"title":"A"}')
    expect(server.requests).toEqual(['GET'])
  })

  it('asks for nothing on the server', async () => {
    const client = server.client()
    const app = createSSRApp({
      setup() {
        const { status, data } = useSSEChannel('orders/42', { client, initialData: { title: 'A lamp' } })
        return () => h('p', `${status.value} ${JSON.stringify(data.value)}`)
      },
    })
    expect(await renderToString(app)).toBe('<p>connecting {&quot;title&quot;:&quot;A lamp&quot;}</p>')
    await nextTick()
    expect(client.status).toBe('idle')
  })

  it('throws for a name that no pattern fits, and where there is no client', () => {
    const client = server.client()
    const nothing = 'nothing/1' as 'orders/1'
    expect(() => inScope(() => useSSEChannel(nothing, { client }))).toThrow(/pattern of the contract/)
    expect(() => inScope(() => useSSEChannel('orders/1'))).toThrow('Expected `app.use(createSSE())`')
  })

  it('takes the client that is provided nearest, or makes one of the options of the plugin', async () => {
    const [outer, inner] = [server.client(), server.client()]
    const Order = defineComponent(() => {
      const { status } = useSSEChannel('orders/42')
      return () => h('p', status.value)
    })
    mount(() => {
      provideSSE(inner)
      return () => h(Order)
    }, createSSE(outer))
    await vi.waitFor(() => expect(inner.status).toBe('open'))
    expect(outer.status).toBe('idle')
    const { element } = mount(() => () => h(Order), createSSE({ url: server.url, linger: 0 }))
    await vi.waitFor(() => expect(element.textContent).toBe('open'))
  })

  it('hands the client of the plugin out, and ends the one that the plugin has made with the application', async () => {
    const clients: unknown[] = []
    const given = server.client()
    for (const plugin of [createSSE(given), createSSE({ url: server.url })]) {
      const { unmount } = mount(() => {
        const client = useSSEClient()
        client.subscribe('orders/42')
        clients.push(client)
        return () => ''
      }, plugin)
      await followed('orders/42')
      unmount()
      await vi.waitFor(() => expect(given.status).toBe(clients.length === 1 ? 'open' : 'closed'))
      given.close()
      await followed('orders/42', 0)
    }
    expect(clients[0]).toBe(given)
    expect(() => inScope(() => useSSEClient())).toThrow('Expected `app.use(createSSE())`')
  })
})

import { QueryClient, useQuery, VueQueryPlugin } from '@tanstack/vue-query'
import { describe, expect, it, vi } from 'vitest'
import { computed, createSSRApp, h, nextTick, type Plugin, ref, shallowRef } from 'vue'
import { renderToString } from 'vue/server-renderer'
import { withHubServer } from '../../../../test/withHubServer.ts'
import { inScope, leaveAll, mount } from '../../test/mounted.ts'
import { liveQueryOptions, readSnapshot, syncQueryCache, useLiveStatus } from './index.ts'

interface Order {
  readonly title: string
}

const stops: (() => void)[] = []
const server = withHubServer(() => {
  leaveAll()
  for (const stop of stops.splice(0)) stop()
})

const until = (expectation: () => void) => vi.waitFor(expectation, { timeout: 10_000, interval: 10 })

/** A page whose queries are kept true. */
function setUp(retryDelay = 1) {
  const queryClient = new QueryClient({ defaultOptions: { queries: { retry: false } } })
  const client = server.client(undefined, { retry: { delay: retryDelay, maxDelay: retryDelay, jitter: 'none' } })
  const stop = syncQueryCache(queryClient, client as never, { linger: 0 })
  stops.push(() => {
    stop()
    queryClient.clear()
  })
  const fetches: string[] = []
  const orderOf = (id: string) =>
    liveQueryOptions(
      {
        queryKey: ['order', id],
        async queryFn() {
          fetches.push(id)
          const snapshot = await server.hub.snapshot(`orders/${id}`, (): Order => ({ title: `Order ${id}` }))
          return readSnapshot<Order>(snapshot.toResponse())
        },
      },
      { channel: `orders/${id}`, rules: { updated: (old, next) => ({ ...old, ...(next as Order) }) } },
    )
  const plugin: Plugin = { install: (app) => void app.use(VueQueryPlugin, { queryClient }) }
  /** A component that looks at an order. */
  const look = (id: string) =>
    mount(() => {
      const { data } = useQuery(orderOf(id))
      const { status } = useLiveStatus(['order', id])
      return () => `${data.value?.title}: ${status.value}`
    }, plugin)
  return { queryClient, orderOf, plugin, look, fetches }
}

describe('useLiveStatus', () => {
  it('shows that a query becomes live, and the query what is published from then on', async () => {
    const { look, fetches } = setUp()
    const { element } = look('42')
    await nextTick()
    expect(element.textContent).toBe('undefined: catching-up')
    await until(() => expect(element.textContent).toBe('Order 42: live'))
    await server.hub.to('orders/42').send('updated', { title: 'Paid' })
    await until(() => expect(element.textContent).toBe('Paid: live'))
    expect(fetches).toEqual(['42'])
  })

  it('shows that the connection is lost, since when, and that it is back', async () => {
    const { look, queryClient } = setUp(150)
    look('42')
    const { status, lastSyncedAt } = inScope(() => useLiveStatus(['order', '42'], queryClient))
    await until(() => expect(status.value).toBe('live'))
    const before = Date.now()
    server.cut()
    await until(() => expect(status.value).toBe('offline'))
    expect(lastSyncedAt.value).toBeGreaterThanOrEqual(before)
    await until(() => expect(status.value).toBe('live'))
  })

  it.each([
    ['a getter', (id: () => string) => () => ['order', id()]],
    ['a ref', (id: () => string) => computed(() => ['order', id()])],
    ['refs within', (id: () => string) => ['order', computed(id)]],
    ['getters within', (id: () => string) => ['order', id]],
  ])('shows the query of another key, where that is %s', async (_, keyOf) => {
    const { look, queryClient } = setUp()
    look('1')
    const id = ref('1')
    const { status } = inScope(() =>
      useLiveStatus(
        keyOf(() => id.value),
        queryClient,
      ),
    )
    await until(() => expect(status.value).toBe('live'))
    id.value = '2'
    await nextTick()
    expect(status.value).toBe('stale')
    look('2')
    await until(() => expect(status.value).toBe('live'))
  })

  it('reads a key as the query does, also where a part of it is an object with refs', async () => {
    const { queryClient, plugin, orderOf } = setUp()
    const id = shallowRef('1')
    const { element } = mount(() => {
      const { data } = useQuery<Order>({ ...orderOf('1'), queryKey: ['orders', { filter: { id } }] } as never)
      const { status } = useLiveStatus(['orders', { filter: { id } }])
      return () => `${data.value?.title}: ${status.value}`
    }, plugin)
    await until(() => expect(element.textContent).toBe('Order 1: live'))
    expect(queryClient.getQueryCache().getAll()).toHaveLength(1)
  })

  it('renders for nothing that it does not show, and for no other query', async () => {
    const { look, plugin } = setUp()
    const { element } = look('1')
    await until(() => expect(element.textContent).toBe('Order 1: live'))
    let renders = 0
    mount(() => {
      const { status } = useLiveStatus(['order', '1'])
      return () => `${++renders && status.value}`
    }, plugin)
    const other = look('2')
    await until(() => expect(other.element.textContent).toBe('Order 2: live'))
    await server.hub.to('orders/1').send('updated', { title: 'Paid' })
    await until(() => expect(element.textContent).toBe('Paid: live'))
    expect(renders).toBe(1)
  })

  it('is stale where nobody looks at the query any more', async () => {
    const { look, queryClient } = setUp()
    const order = look('42')
    const { status, lastSyncedAt } = inScope(() => useLiveStatus(['order', '42'], queryClient))
    await until(() => expect(status.value).toBe('live'))
    order.unmount()
    await until(() => expect(status.value).toBe('stale'))
    expect(lastSyncedAt.value).toBeGreaterThan(0)
    await server.followed('orders/42', 0)
  })

  it('throws where there is no query client', () => {
    expect(() => inScope(() => useLiveStatus(['order', '42']))).toThrow('injection context')
  })

  it('is stale on the server, also while the query is live', async () => {
    const { look, plugin } = setUp()
    const { element } = look('42')
    await until(() => expect(element.textContent).toBe('Order 42: live'))
    const page = () =>
      createSSRApp({
        setup() {
          const { status } = useLiveStatus(['order', '42'])
          const seen = status.value
          return () => h('p', `${seen} ${status.value}`)
        },
      }).use(plugin)
    const container = document.createElement('main')
    container.innerHTML = '<p>stale stale</p>'
    const warn = vi.spyOn(console, 'warn')
    const app = page()
    app.mount(container)
    await nextTick()
    expect(container.innerHTML).toBe('<p>stale live</p>')
    expect(warn).not.toHaveBeenCalled()
    app.unmount()
    warn.mockRestore()
  })

  it('is stale on a server that knows of no query', async () => {
    const { plugin } = setUp()
    const app = createSSRApp({
      setup() {
        const { status } = useLiveStatus(['order', '42'])
        return () => h('p', status.value)
      },
    }).use(plugin)
    expect(await renderToString(app)).toBe('<p>stale</p>')
  })
})

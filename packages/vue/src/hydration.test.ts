import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type App, createSSRApp, defineComponent, effectScope, h } from 'vue'
import { renderToString } from 'vue/server-renderer'
import { withEventServer } from '../../../test/withEventServer.ts'
import { withHubServer } from '../../../test/withHubServer.ts'
import { eventTypes, useEventStream, useSSEChannel, useSSEStatus } from './index.ts'

interface Events {
  tick: { n: number }
}

const events = eventTypes<Events>()
// One for all: who reduces by another function has a stream of its own.
const collect = (all: number[], { data }: { data: Events['tick'] }) => [...all, data.n]
const apps: App[] = []
const leave = () => {
  for (const app of apps.splice(0)) app.unmount()
}
const server = withEventServer(leave)
const hub = withHubServer(leave)

beforeEach(() => {
  vi.spyOn(console, 'warn')
  vi.spyOn(console, 'error')
})

afterEach(() => {
  // Vue tells of a mismatch so.
  expect(console.warn).not.toHaveBeenCalled()
  expect(console.error).not.toHaveBeenCalled()
  vi.restoreAllMocks()
})

/** Puts what a server has rendered on the page. */
async function send(setup: () => () => string) {
  const Page = defineComponent(() => {
    const render = setup()
    return () => h('p', render())
  })
  const create = () => createSSRApp({ render: () => h('main', [h(Page)]) })
  const container = document.createElement('div')
  container.innerHTML = await renderToString(create())
  return {
    container,
    hydrate() {
      const app = create()
      apps.push(app)
      app.mount(container)
    },
  }
}

function ticks() {
  const { data, status } = useEventStream(server.url('/a'), {
    events,
    linger: 0,
    initialData: [1, 2, 3],
    lastEventId: '3',
    reduce: collect,
  })
  return () => `${status.value} ${data.value.join()}`
}

describe('a page that comes from a server', () => {
  it('goes on from what the server knew', async () => {
    const { container, hydrate } = await send(ticks)
    expect(container.textContent).toBe('connecting 1,2,3')
    expect(server.requests).toEqual([])
    hydrate()
    expect(container.textContent).toBe('connecting 1,2,3')
    await server.opened('/a')
    expect(server.requests.map(({ headers }) => headers['last-event-id'])).toEqual(['3'])
    server.send('/a', { event: 'tick', id: '4', data: { n: 4 } })
    await vi.waitFor(() => expect(container.textContent).toBe('open 1,2,3,4'))
  })

  it('begins as the server did where somebody has connected already, and then shows what there is', async () => {
    const [first, second] = [await send(ticks), await send(ticks)]
    first.hydrate()
    await server.opened('/a')
    server.send('/a', { event: 'tick', id: '4', data: { n: 4 } })
    await vi.waitFor(() => expect(first.container.textContent).toBe('open 1,2,3,4'))
    second.hydrate()
    await vi.waitFor(() => expect(second.container.textContent).toBe('open 1,2,3,4'))
    expect(server.requests).toHaveLength(1)
  })

  it('goes on with a channel from what the server knew', async () => {
    const client = hub.client()
    const [, known] = await Promise.all(['A', 'B'].map((title) => hub.hub.to('orders/42').send('updated', { title })))
    const { container, hydrate } = await send(() => {
      const { data, status } = useSSEChannel('orders/42', {
        client,
        initialData: ['A', 'B'],
        lastEventId: known?.id,
        reduce: (titles: string[], { data }) => ('title' in data ? [...titles, data.title] : titles),
      })
      return () => `${status.value} ${data.value.join()}`
    })
    expect(container.textContent).toBe('connecting A,B')
    await hub.hub.to('orders/42').send('updated', { title: 'C' })
    hydrate()
    await vi.waitFor(() => expect(container.textContent).toBe('open A,B,C'))
    await hub.hub.to('orders/42').send('updated', { title: 'D' })
    await vi.waitFor(() => expect(container.textContent).toBe('open A,B,C,D'))
  })

  it('begins with a channel, and with the connection, as the server did', async () => {
    const client = hub.client()
    const setup = () => {
      const [shared, own] = [useSSEStatus({ client }), useSSEChannel('orders/42', { client })]
      return () => `${shared.status.value} ${own.status.value}`
    }
    const [first, second] = [await send(setup), await send(setup)]
    expect(first.container.textContent).toBe('idle connecting')
    first.hydrate()
    await vi.waitFor(() => expect(first.container.textContent).toBe('open open'))
    second.hydrate()
    await vi.waitFor(() => expect(second.container.textContent).toBe('open open'))
  })

  it('connects in a store of the page, but on no server', async () => {
    const page = globalThis.document
    // A server has none.
    vi.stubGlobal('document', undefined)
    const scope = effectScope(true)
    const { status } = scope.run(() => useEventStream(server.url('/a')))!
    vi.stubGlobal('document', page)
    await Promise.resolve()
    expect(status.value).toBe('connecting')
    expect(server.requests).toEqual([])
    scope.stop()
    vi.unstubAllGlobals()
  })
})

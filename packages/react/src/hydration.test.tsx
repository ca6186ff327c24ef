import { act, cleanup, waitFor } from '@testing-library/react'
import { createElement, type ReactNode, StrictMode } from 'react'
import { hydrateRoot, type Root } from 'react-dom/client'
import { renderToString } from 'react-dom/server'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { withEventServer } from '../../../test/withEventServer.ts'
import { withHubServer } from '../../../test/withHubServer.ts'
import { eventTypes, useEventStream, useSSEChannel, useSSEStatus } from './index.ts'

interface Events {
  tick: { n: number }
}

const events = eventTypes<Events>()
// One for all: who reduces by another function has a stream of its own.
const collect = (all: number[], { data }: { data: Events['tick'] }) => [...all, data.n]
const roots: Root[] = []
const leave = () => {
  cleanup()
  for (const root of roots.splice(0)) act(() => root.unmount())
}
const server = withEventServer(leave)
const hub = withHubServer(leave)

beforeEach(() => {
  vi.spyOn(console, 'error')
})

afterEach(() => {
  // React tells of a mismatch so.
  expect(console.error).not.toHaveBeenCalled()
  vi.restoreAllMocks()
})

/** Puts what a server has rendered on the page. */
function send(page: ReactNode) {
  const container = document.createElement('div')
  container.innerHTML = renderToString(page)
  return {
    container,
    hydrate: () => act(() => void roots.push(hydrateRoot(container, page, { onRecoverableError: console.error }))),
  }
}

function Ticks() {
  const { data, status } = useEventStream(server.url('/a'), {
    events,
    linger: 0,
    initialData: [1, 2, 3],
    lastEventId: '3',
    reduce: collect,
  })
  return <p>{`${status} ${data.join()}`}</p>
}

describe('a page that comes from a server', () => {
  it.each([false, true])('goes on from what the server knew (StrictMode: %s)', async (isStrict) => {
    const page = isStrict ? createElement(StrictMode, null, <Ticks />) : <Ticks />
    const { container, hydrate } = send(page)
    expect(container.textContent).toBe('connecting 1,2,3')
    expect(server.requests).toEqual([])
    hydrate()
    expect(container.textContent).toBe('connecting 1,2,3')
    await server.opened('/a')
    expect(server.requests.map(({ headers }) => headers['last-event-id'])).toEqual(['3'])
    server.send('/a', { event: 'tick', id: '4', data: { n: 4 } })
    await waitFor(() => expect(container.textContent).toBe('open 1,2,3,4'))
  })

  it('begins as the server did where somebody has connected already, and then shows what there is', async () => {
    const [first, second] = [send(<Ticks />), send(<Ticks />)]
    first.hydrate()
    await server.opened('/a')
    server.send('/a', { event: 'tick', id: '4', data: { n: 4 } })
    await waitFor(() => expect(first.container.textContent).toBe('open 1,2,3,4'))
    second.hydrate()
    await waitFor(() => expect(second.container.textContent).toBe('open 1,2,3,4'))
    expect(server.requests).toHaveLength(1)
  })

  it('renders once where nothing has changed meanwhile', async () => {
    let renders = 0
    function Page() {
      renders++
      return useEventStream(server.url('/a'), { linger: 0 }).status
    }
    const { hydrate, container } = send(<Page />)
    renders = 0
    hydrate()
    expect(renders).toBe(1)
    await waitFor(() => expect(container.textContent).toBe('open'))
  })

  it.each([false, true])('goes on with a channel from what the server knew (StrictMode: %s)', async (isStrict) => {
    const client = hub.client()
    const [, known] = await Promise.all(['A', 'B'].map((title) => hub.hub.to('orders/42').send('updated', { title })))
    function Order() {
      const { data, status } = useSSEChannel('orders/42', {
        client,
        initialData: ['A', 'B'],
        lastEventId: known?.id,
        reduce: (titles: string[], { data }) => ('title' in data ? [...titles, data.title] : titles),
      })
      return `${status} ${data.join()}`
    }
    const { container, hydrate } = send(isStrict ? createElement(StrictMode, null, <Order />) : <Order />)
    expect(container.textContent).toBe('connecting A,B')
    await hub.hub.to('orders/42').send('updated', { title: 'C' })
    hydrate()
    await waitFor(() => expect(container.textContent).toBe('open A,B,C'))
    await hub.hub.to('orders/42').send('updated', { title: 'D' })
    await waitFor(() => expect(container.textContent).toBe('open A,B,C,D'))
  })

  it('begins with a channel, and with the connection, as the server did', async () => {
    const client = hub.client()
    const Order = () => `${useSSEStatus({ client }).status} ${useSSEChannel('orders/42', { client }).status}`
    const [first, second] = [send(<Order />), send(<Order />)]
    expect(first.container.textContent).toBe('idle connecting')
    first.hydrate()
    await waitFor(() => expect(first.container.textContent).toBe('open open'))
    second.hydrate()
    await waitFor(() => expect(second.container.textContent).toBe('open open'))
  })
})

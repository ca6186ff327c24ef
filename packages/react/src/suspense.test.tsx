import { act, cleanup, render, screen, waitFor } from '@testing-library/react'
import { Component, type ReactNode, StrictMode, Suspense, useState } from 'react'
import { describe, expect, it, vi } from 'vitest'
import { withEventServer } from '../../../test/withEventServer.ts'
import { withHubServer } from '../../../test/withHubServer.ts'
import { eventTypes, forgetEventStreams, useEventStream, type UseEventStreamOptions, useSSEChannel } from './index.ts'

interface Events {
  tick: { n: number }
}

const events = eventTypes<Events>()
const server = withEventServer(cleanup)
const hub = withHubServer(cleanup)
const { opened } = server

/** Waits for a stream in a `Suspense`, and counts how often it is rendered. */
function wait(use: () => { data: unknown; status: string }, isStrict = false) {
  const seen = { renders: 0 }
  function Page() {
    seen.renders++
    const { data, status } = use()
    return `${status} ${JSON.stringify(data)}`
  }
  const page = (
    <Suspense fallback="Waiting">
      <Page />
    </Suspense>
  )
  return Object.assign(seen, render(isStrict ? <StrictMode>{page}</StrictMode> : page))
}

const useTicks = (options: UseEventStreamOptions<Events> = {}) =>
  useEventStream(server.url('/a'), { events, linger: 0, suspense: true, ...options })

/** Shows what was thrown, and a way to try again. */
class Boundary extends Component<{ children: ReactNode }, { error?: Error | undefined }> {
  override state: { error?: Error | undefined } = {}
  static getDerivedStateFromError = (error: Error) => ({ error })
  override render() {
    const { error } = this.state
    if (!error) return this.props.children
    return <button onClick={() => this.setState({ error: undefined })}>{String(error)}</button>
  }
}

const parse = (text: string): unknown => JSON.parse(text)
const sum = (before: number, { data }: { data: { n: number } }) => before + data.n
const tenfold = (_: number, { data }: { data: { n: number } }) => data.n * 10
const join = (titles: string, { data }: { data: object }) =>
  'title' in data ? `${titles}${String(data.title)}` : titles

/** Long enough for a loop to show. */
const aWhile = () => act(() => new Promise((resolve) => setTimeout(resolve, 200)))

describe('suspense', () => {
  it.each([false, true])('waits for the first event on one connection (StrictMode: %s)', async (isStrict) => {
    const { container } = wait(useTicks, isStrict)
    await opened('/a')
    expect(container.textContent).toBe('Waiting')
    server.send('/a', { event: 'tick', data: { n: 1 } })
    expect(await screen.findByText('open {"n":1}')).toBeDefined()
    await aWhile()
    expect(server.requests).toHaveLength(1)
  })

  it.each([false, true])(
    'makes one connection where headers and callbacks are inline (StrictMode: %s)',
    async (isStrict) => {
      const sums: number[] = []
      const page = wait(
        () =>
          useEventStream(server.url('/a'), {
            events,
            linger: 0,
            suspense: true,
            headers: () => ({ authorization: 'me' }),
            parse,
            reduce: sum,
            initialData: 0,
            on: { tick: ({ n }) => sums.push(n) },
          }),
        isStrict,
      )
      await opened('/a')
      await aWhile()
      expect(page.renders).toBeLessThan(10)
      server.send('/a', { event: 'tick', data: { n: 1 } })
      expect(await screen.findByText('open 1')).toBeDefined()
      server.send('/a', { event: 'tick', data: { n: 2 } })
      expect(await screen.findByText('open 3')).toBeDefined()
      expect(server.requests).toHaveLength(1)
      // Whoever waits is not there yet.
      expect(sums).toEqual([2])
    },
  )

  it('tells two components apart whose functions differ', async () => {
    const useReduced = (reduce: typeof sum) =>
      useEventStream(server.url('/a'), { events, linger: 0, suspense: true, initialData: 0, reduce })
    wait(() => useReduced(sum))
    wait(() => useReduced(tenfold))
    await opened('/a', 2)
    for (const n of [1, 2]) server.send('/a', { event: 'tick', data: { n } })
    expect(await screen.findByText('open 3')).toBeDefined()
    expect(await screen.findByText('open 20')).toBeDefined()
  })

  it.each<[string, () => UseEventStreamOptions<Events>]>([
    ['`reduce`', () => ({ reduce: (_, { data }) => data })],
    ['`fetch`', () => ({ fetch: (...args) => globalThis.fetch(...args) })],
    ['`headers` that never say the same', () => ({ headers: () => ({ authorization: String(Math.random()) }) })],
  ])('refuses an inline %s, also where it is rendered again after the error', async (_, make) => {
    vi.spyOn(console, 'error').mockImplementation(() => {})
    const Page = () => JSON.stringify(useTicks(make()).data)
    const { container } = render(
      <Boundary>
        <Suspense fallback="Waiting">
          <Page />
        </Suspense>
      </Boundary>,
    )
    await waitFor(() => {
      // Each brings another rendering.
      server.send('/a', { event: 'tick', data: { n: 1 } })
      expect(container.textContent).toMatch(/^TypeError: .* keep `reduce`, `parse`, `until`, `fetch`/)
    })
    await waitFor(() => expect(server.requests).toHaveLength(10))
    // Which nobody waits for.
    forgetEventStreams()
    vi.restoreAllMocks()
  })

  it('asks anew where a boundary tries again what was refused', async () => {
    vi.spyOn(console, 'error').mockImplementation(() => {})
    const Page = () =>
      useEventStream(server.url('/status/403'), { linger: 0, suspense: true, throwOnError: true }).status
    const { container } = render(
      <Boundary>
        <Suspense fallback="Waiting">
          <Page />
        </Suspense>
      </Boundary>,
    )
    for (const count of [1, 2]) {
      const button = await screen.findByRole('button')
      expect(server.requests).toHaveLength(count)
      await aWhile()
      act(() => button.click())
      await waitFor(() => expect(container.textContent).toBe('Waiting'))
    }
    await screen.findByRole('button')
    vi.restoreAllMocks()
  })

  it('shows at once what somebody else follows already', async () => {
    const Other = () => useEventStream(server.url('/a'), { events, linger: 0, suspense: true }).data?.n
    const { container } = render(
      <Suspense>
        <Other />
      </Suspense>,
    )
    await opened('/a')
    server.send('/a', { event: 'tick', data: { n: 1 } })
    await waitFor(() => expect(container.textContent).toBe('1'))
    expect(wait(useTicks).container.textContent).toBe('open {"n":1}')
    expect(server.requests).toHaveLength(1)
  })

  it('waits for nothing where there is no stream, or it is not shared', async () => {
    expect(wait(() => useTicks({ enabled: false })).container.textContent).toBe('idle undefined')
    expect(wait(() => useTicks({ body: {} })).container.textContent).toBe('connecting undefined')
    await opened('/a')
    await aWhile()
    expect(server.requests.map(({ method }) => method)).toEqual(['POST'])
  })

  it('ends the wait with the stream', async () => {
    const { container } = wait(() => useEventStream(server.url('/status/403'), { linger: 0, suspense: true }))
    await waitFor(() => expect(container.textContent).toBe('closed undefined'))
    await aWhile()
    expect(server.requests).toHaveLength(1)
  })

  it('does not wait again for another URL', async () => {
    let go: (path: string) => void = () => {}
    const { container } = wait(() => {
      const [path, setPath] = useState('/a')
      go = setPath
      return useEventStream(server.url(path), { events, linger: 0, suspense: true })
    })
    await opened('/a')
    server.send('/a', { event: 'tick', data: { n: 1 } })
    await waitFor(() => expect(container.textContent).toBe('open {"n":1}'))
    act(() => go('/b'))
    await opened('/b')
    expect(container.textContent).toMatch(/\{"n":1\}$/)
  })

  it('goes where it is sent before there was an event', async () => {
    let go: (path: string) => void = () => {}
    const { container } = wait(() => {
      const [path, setPath] = useState('')
      go = setPath
      return useEventStream(path && server.url(path), { events, linger: 0, suspense: true })
    })
    for (const path of ['/a', '/b']) {
      act(() => go(path))
      await opened(path)
      await waitFor(() => expect(container.textContent).toBe('open undefined'))
    }
    await opened('/a', 0)
    server.send('/b', { event: 'tick', data: { n: 1 } })
    await waitFor(() => expect(container.textContent).toBe('open {"n":1}'))
  })

  it('shows another user nothing of what was waited for', async () => {
    const client = hub.client()
    const useBoth = (user: string) => {
      const stream = useTicks()
      const { data } = useSSEChannel('orders/42', { client, suspense: true })
      return { status: user, data: [stream.data, data] }
    }
    const first = wait(() => useBoth('A'))
    await opened('/a')
    server.send('/a', { event: 'tick', id: '1', data: { n: 1 } })
    await hub.followed('orders/42')
    first.unmount()
    forgetEventStreams()
    client.close()
    const second = wait(() => useBoth('B'))
    await waitFor(() => expect(server.requests).toHaveLength(2))
    expect(server.requests[1]?.headers['last-event-id']).toBeUndefined()
    await opened('/a')
    server.send('/a', { event: 'tick', data: { n: 2 } })
    await waitFor(() => expect(hub.requests).toEqual(['GET', 'GET']))
    await hub.followed('orders/42')
    await hub.hub.to('orders/42').send('updated', { title: 'of B' })
    await waitFor(() => expect(second.container.textContent).toBe('B [{"n":2},{"title":"of B"}]'))
  })

  it('leaves the connection some time after a component is taken away that waits', async () => {
    const { setTimeout: wait10 } = globalThis
    const until = async (count: number) => {
      while (server.open('/a').length !== count) await new Promise((resolve) => wait10(resolve, 10))
    }
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    try {
      const { unmount, container } = wait(useTicks)
      await until(1)
      for (let i = 0; i < 10; i++) await act(() => vi.advanceTimersByTimeAsync(3000))
      // It is still wanted.
      expect(container.textContent).toBe('Waiting')
      expect(server.open('/a')).toHaveLength(1)
      expect(server.requests).toHaveLength(1)
      unmount()
      await vi.advanceTimersByTimeAsync(10_000)
      await until(0)
    } finally {
      vi.useRealTimers()
    }
  })

  it('holds the stream while the component waits for something else', async () => {
    const other = Promise.withResolvers<void>()
    let isReady = false
    const { container } = wait(() => {
      const stream = useTicks()
      // oxlint-disable-next-line typescript/only-throw-error -- React's own way to be told to wait
      if (!isReady) throw other.promise
      return stream
    })
    await opened('/a')
    server.send('/a', { event: 'tick', data: { n: 1 } })
    await aWhile()
    server.send('/a', { event: 'tick', data: { n: 2 } })
    isReady = true
    other.resolve()
    await waitFor(() => expect(container.textContent).toBe('open {"n":2}'))
    expect(server.requests).toHaveLength(1)
  })

  it.each([false, true])(
    'waits for the first event of a channel, which it takes once (StrictMode: %s)',
    async (isStrict) => {
      const client = hub.client()
      const heard: string[] = []
      const page = wait(
        () =>
          useSSEChannel('orders/42', {
            client,
            suspense: true,
            initialData: '',
            reduce: join,
            on: { updated: ({ title }) => heard.push(title) },
          }),
        isStrict,
      )
      await hub.followed('orders/42')
      await aWhile()
      expect(page.container.textContent).toBe('Waiting')
      expect(page.renders).toBeLessThan(10)
      await hub.hub.to('orders/42').send('updated', { title: 'A' })
      expect(await screen.findByText('open "A"')).toBeDefined()
      await hub.hub.to('orders/42').send('updated', { title: 'B' })
      expect(await screen.findByText('open "AB"')).toBeDefined()
      expect(heard).toEqual(['B'])
      expect(hub.requests).toEqual(['GET'])
    },
  )

  it('asks once for a channel that is refused', async () => {
    const client = hub.client()
    wait(() => useSSEChannel('secrets/1', { client, suspense: true }))
    expect(await screen.findByText('closed undefined')).toBeDefined()
    await aWhile()
    expect(hub.requests).toEqual(['GET'])
  })

  it('shows at once what is known of a channel that somebody follows', async () => {
    const client = hub.client()
    const first = wait(() => useSSEChannel('orders/42', { client, suspense: true }))
    await hub.followed('orders/42')
    await hub.hub.to('orders/42').send('updated', { title: 'A' })
    await waitFor(() => expect(first.container.textContent).toBe('open {"title":"A"}'))
    const second = wait(() => useSSEChannel('orders/42', { client, suspense: true }))
    expect(second.container.textContent).toBe('open {"title":"A"}')
  })
})

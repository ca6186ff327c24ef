import { act, cleanup, render, renderHook, waitFor } from '@testing-library/react'
import { StrictMode, useState } from 'react'
import { renderToString } from 'react-dom/server'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type EventServer, startEventServer } from '../../../test/eventServer.ts'
import { eventTypes, type StreamURL, useEventStream, type UseEventStreamOptions } from './index.ts'

interface Events {
  tick: { n: number }
  message: string
}

const events = eventTypes<Events>()
let server: EventServer

beforeEach(async () => {
  server = await startEventServer()
})

afterEach(async () => {
  cleanup()
  // Unmounting is all it takes: nothing may stay connected.
  await waitFor(() => expect([...server.open('/a'), ...server.open('/b')]).toEqual([]), { timeout: 3000 })
  await server.close()
})

const follow = (initial: { url: StreamURL } & UseEventStreamOptions<Events>, wrapper?: typeof StrictMode) =>
  renderHook(({ url, ...options }: typeof initial) => useEventStream(url, { events, linger: 0, ...options }), {
    initialProps: initial,
    ...(wrapper && { wrapper }),
  })

const opened = (path: string, count = 1) =>
  waitFor(() => expect(server.open(path)).toHaveLength(count), { timeout: 3000 })

describe('useEventStream', () => {
  it('follows the stream while the component is mounted', async () => {
    const { result, unmount } = follow({ url: server.url('/a') })
    expect(result.current.status).toBe('connecting')
    await waitFor(() => expect(result.current.status).toBe('open'))
    await opened('/a')
    server.send('/a', { event: 'tick', data: { n: 1 }, id: 7 })
    await waitFor(() => expect(result.current.data).toEqual({ n: 1 }))
    expect(result.current.lastEvent).toEqual({ event: 'tick', data: { n: 1 }, id: '7', text: '{"n":1}' })
    expect(result.current.lastEventId).toBe('7')
    unmount()
    await opened('/a', 0)
  })

  it('opens one connection in StrictMode, which mounts twice', async () => {
    const { result } = follow({ url: server.url('/a') }, StrictMode)
    await waitFor(() => expect(result.current.status).toBe('open'))
    expect(server.requests).toHaveLength(1)
  })

  it('sends a POST once in StrictMode', async () => {
    const { result } = follow({ url: server.url('/a'), body: { prompt: 'hello' } }, StrictMode)
    await waitFor(() => expect(result.current.status).toBe('open'))
    expect(server.requests.map(({ method }) => method)).toEqual(['POST'])
  })

  it('keeps the connection when a form is written inline, and when a header is new in every render', async () => {
    let renders = 0
    const { result } = renderHook(() => {
      renders++
      return useEventStream(server.url('/a'), {
        body: new URLSearchParams({ q: 'x' }),
        headers: { authorization: `token ${renders}` },
      })
    })
    await waitFor(() => expect(result.current.status).toBe('open'))
    expect(server.requests.map(({ method }) => method)).toEqual(['POST'])
    expect(renders).toBeLessThan(6)
  })

  it('keeps the connection when options are written inline', async () => {
    const { result, rerender } = follow({ url: server.url('/a'), headers: { authorization: 'x' } })
    await waitFor(() => expect(result.current.status).toBe('open'))
    for (let i = 0; i < 5; i++) {
      rerender({ url: server.url('/a'), headers: { authorization: 'x' }, on: { tick: () => {} }, retry: { delay: i } })
    }
    await opened('/a')
    expect(server.requests).toHaveLength(1)
  })

  it('calls the callbacks of the latest render, for every event, in order', async () => {
    const seen: unknown[] = []
    const { result, rerender } = follow({ url: server.url('/a'), on: { tick: () => seen.push('stale') } })
    await opened('/a')
    rerender({
      url: server.url('/a'),
      on: { tick: ({ n }) => seen.push(n) },
      onMessage: (text) => seen.push(text),
      onEvent: ({ event }) => seen.push(event),
    })
    for (let n = 0; n < 100; n++) server.send('/a', { event: 'tick', data: { n } })
    server.send('/a', { data: 'the end' })
    await waitFor(() => expect(result.current.data).toBe('the end'))
    const ticks = Array.from({ length: 100 }, (_, n) => [n, 'tick']).flat()
    expect(seen).toEqual([...ticks, 'the end', 'message'])
  })

  it('renders a burst once', async () => {
    let renders = 0
    const { result } = renderHook(() => {
      renders++
      return useEventStream(server.url('/a'), { events })
    })
    await waitFor(() => expect(result.current.status).toBe('open'))
    const before = renders
    for (let n = 0; n < 500; n++) server.send('/a', { event: 'tick', data: { n } })
    await waitFor(() => expect(result.current.data).toEqual({ n: 499 }))
    // One chunk, or a few where the socket splits it.
    expect(renders - before).toBeLessThanOrEqual(3)
  })

  it('moves to a new url, and keeps data until its first event', async () => {
    const { result, rerender } = follow({ url: server.url('/a'), recent: 5 })
    await opened('/a')
    server.send('/a', { event: 'tick', data: { n: 1 }, id: 'a1' })
    await waitFor(() => expect(result.current.data).toEqual({ n: 1 }))
    rerender({ url: server.url('/b'), recent: 5 })
    await opened('/a', 0)
    await opened('/b')
    expect(result.current.data).toEqual({ n: 1 })
    expect(result.current.recent).toEqual([])
    expect(server.requests.at(-1)?.headers['last-event-id']).toBeUndefined()
    server.send('/b', { event: 'tick', data: { n: 2 } })
    await waitFor(() => expect(result.current.data).toEqual({ n: 2 }))
    expect(result.current.recent).toHaveLength(1)
  })

  it.each([null, undefined, false, ''] as const)('requests nothing while the url is %j', async (url) => {
    const { result, rerender } = follow({ url })
    expect(result.current.status).toBe('idle')
    rerender({ url: server.url('/a') })
    await waitFor(() => expect(result.current.status).toBe('open'))
    rerender({ url })
    await waitFor(() => expect(result.current.status).toBe('idle'))
    await opened('/a', 0)
  })

  it('connects and disconnects with `enabled`', async () => {
    const { result, rerender } = follow({ url: server.url('/a'), enabled: false })
    expect(result.current.status).toBe('idle')
    rerender({ url: server.url('/a'), enabled: true })
    await waitFor(() => expect(result.current.status).toBe('open'))
    rerender({ url: server.url('/a'), enabled: false })
    await opened('/a', 0)
    expect(server.requests).toHaveLength(1)
  })

  it('resumes from the last event ID after the connection was cut', async () => {
    const { result } = follow({ url: server.url('/a'), retry: { delay: 1 } })
    await opened('/a')
    server.send('/a', { event: 'tick', data: { n: 1 }, id: 41 })
    await waitFor(() => expect(result.current.lastEventId).toBe('41'))
    server.cut()
    await waitFor(() => expect(server.requests).toHaveLength(2))
    expect(server.requests[1]?.headers['last-event-id']).toBe('41')
    await waitFor(() => expect(result.current.status).toBe('open'))
    expect(result.current.error).toBeUndefined()
  })

  it('ends when the server says that it is complete', async () => {
    const onClose = vi.fn()
    const { result } = follow({ url: server.url('/a'), onClose })
    await opened('/a')
    server.open('/a')[0]?.close()
    await waitFor(() => expect(result.current.status).toBe('closed'))
    expect(result.current.closeReason).toBe('complete')
    expect(onClose).toHaveBeenCalledExactlyOnceWith('complete')
    expect(server.requests).toHaveLength(1)
  })

  it('shows why it was refused', async () => {
    const { result } = follow({ url: server.url('/status/403') })
    await waitFor(() => expect(result.current.status).toBe('closed'))
    expect(result.current).toMatchObject({ closeReason: 'denied', error: { code: 'http-status', status: 403 } })
  })

  it('stays closed by hand until it is opened again', async () => {
    const { result, rerender } = follow({ url: server.url('/a') })
    await opened('/a')
    act(() => result.current.close())
    expect(result.current).toMatchObject({ status: 'closed', closeReason: 'manual' })
    await opened('/a', 0)
    rerender({ url: server.url('/a') })
    expect(result.current.status).toBe('closed')
    act(() => result.current.open())
    await waitFor(() => expect(result.current.status).toBe('open'))
  })

  it('returns the same functions for the life of the component', () => {
    const { result, rerender } = follow({ url: null })
    const { open, reconnect, close } = result.current
    rerender({ url: false })
    expect(result.current).toMatchObject({ open, reconnect, close })
  })

  it('requests nothing and renders its first state on the server', () => {
    function Page() {
      const { status } = useEventStream(server.url('/a'))
      return <p>{status}</p>
    }
    expect(renderToString(<Page />)).toBe('<p>connecting</p>')
    expect(server.requests).toHaveLength(0)
  })

  it('renders streams that have news in the same frame in one pass', async () => {
    let commits = 0
    function Page() {
      const a = useEventStream(server.url('/a'), { events })
      const b = useEventStream(server.url('/b'), { events })
      commits++
      return `${JSON.stringify(a.data)} ${JSON.stringify(b.data)}`
    }
    const { container } = render(<Page />)
    await opened('/a')
    await opened('/b')
    server.send('/a', { event: 'tick', data: { n: 1 } })
    server.send('/b', { event: 'tick', data: { n: 1 } })
    await waitFor(() => expect(container.textContent).toBe('{"n":1} {"n":1}'))
    expect(commits).toBeLessThan(8)
  })

  it('leaves no connection behind when components come and go', async () => {
    let toggle = () => {}
    function Child() {
      useEventStream(server.url('/a'))
      return null
    }
    function Page() {
      const [isShown, setShown] = useState(true)
      toggle = () => setShown((shown) => !shown)
      return isShown ? <Child /> : null
    }
    render(<Page />)
    for (let i = 0; i < 20; i++) act(() => toggle())
    await opened('/a')
    expect(server.requests).toHaveLength(1)
  })
})

import { act, cleanup, render, renderHook, waitFor } from '@testing-library/react'
import { StrictMode, useEffect, useState } from 'react'
import { describe, expect, it } from 'vitest'
import { withEventServer } from '../../../test/withEventServer.ts'
import { eventTypes, useEventStream, type UseEventStreamOptions } from './index.ts'

interface Events {
  tick: { n: number }
}

const events = eventTypes<Events>()
const server = withEventServer(cleanup)
const { opened } = server

/** A page with a switch: whoever calls it changes what is shown. */
function createPages<Page>(first: Page, show: (page: Page) => React.ReactNode) {
  let go: (page: Page) => void = () => {}
  function Pages() {
    const [page, setPage] = useState(first)
    useEffect(() => {
      go = setPage
    }, [])
    return show(page)
  }
  return { Pages, go: (page: Page) => act(() => go(page)) }
}

function Tick({ path, ...options }: { path: string } & UseEventStreamOptions<Events>) {
  const { data, status } = useEventStream(server.url(path), { events, ...options })
  return (
    <p>
      {status} {data?.n}
    </p>
  )
}

describe('a component that follows a stream', () => {
  it('makes one connection for the new URL when that changes during a backoff', async () => {
    const { result, rerender } = renderHook(
      ({ path }) => useEventStream(server.url(path), { linger: 0, retry: { delay: 40, jitter: 'none' } }),
      { initialProps: { path: '/status/500' } },
    )
    await waitFor(() => expect(result.current.status).toBe('reconnecting'))
    rerender({ path: '/b' })
    await opened('/b')
    const before = server.requests.length
    await waitFor(() => expect(result.current).toMatchObject({ status: 'open', error: undefined, attempt: 0 }))
    // As long as the attempts would have taken that are given up.
    await new Promise((resolve) => setTimeout(resolve, 150))
    expect(server.requests).toHaveLength(before)
  })

  it('gives the request up that is not answered yet when it unmounts', async () => {
    const { unmount } = renderHook(() => useEventStream(server.url('/stalled'), { linger: 0 }))
    await waitFor(() => expect(server.requests).toHaveLength(1))
    expect(server.requests[0]?.destroyed).toBe(false)
    unmount()
    await waitFor(() => expect(server.requests[0]?.destroyed).toBe(true))
  })

  it('asks nothing when it unmounts at once', async () => {
    const { unmount } = renderHook(() => useEventStream(server.url('/a'), { linger: 0 }))
    unmount()
    renderHook(() => useEventStream(server.url('/b'), { linger: 0 }))
    await opened('/b')
    expect(server.requests.map(({ url }) => url)).toEqual(['/b'])
  })

  it('shares one connection with 49 others, and stays until the last one leaves', async () => {
    const { Pages, go } = createPages(50, (count) =>
      Array.from({ length: count }, (_, index) => <Tick key={index} path="/a" linger={0} />),
    )
    const { container } = render(
      <StrictMode>
        <Pages />
      </StrictMode>,
    )
    await opened('/a')
    server.send('/a', { event: 'tick', data: { n: 7 } })
    await waitFor(() => expect(container.textContent).toBe('open 7'.repeat(50)))
    go(1)
    expect(container.textContent).toBe('open 7')
    expect(server.requests).toHaveLength(1)
    expect(server.open('/a')).toHaveLength(1)
    go(0)
    await opened('/a', 0)
  })

  it('shares one connection with another one where both have their types inline', async () => {
    const useTick = () =>
      useEventStream(server.url('/a'), { events: eventTypes<Events>(), linger: 0 }).data?.n.toFixed(1)
    const Inline = () => <p>{useTick()}</p>
    const { container } = render([<Inline key="1" />, <Inline key="2" />])
    await opened('/a')
    server.send('/a', { event: 'tick', data: { n: 7 } })
    await waitFor(() => expect(container.textContent).toBe('7.07.0'))
    expect(server.requests).toHaveLength(1)
  })

  it('goes on where it was when a route changes and comes back within the linger', async () => {
    const { Pages, go } = createPages<'ticks' | 'other'>('ticks', (page) =>
      page === 'ticks' ? <Tick path="/a" linger={500} /> : <p>Other</p>,
    )
    const { container } = render(<Pages />)
    await opened('/a')
    server.send('/a', { event: 'tick', id: '1', data: { n: 1 } })
    await waitFor(() => expect(container.textContent).toBe('open 1'))
    go('other')
    server.send('/a', { event: 'tick', id: '2', data: { n: 2 } })
    await new Promise((resolve) => setTimeout(resolve, 100))
    const seen: (string | null)[] = []
    const observer = new MutationObserver(() => seen.push(container.textContent))
    observer.observe(container, { childList: true, subtree: true, characterData: true })
    go('ticks')
    await waitFor(() => expect(container.textContent).toBe('open 2'))
    observer.disconnect()
    // Never without what there was.
    expect(new Set(seen)).toEqual(new Set(['open 2']))
    expect(server.requests).toHaveLength(1)
  })

  it('resumes from its position when it comes back after the linger', async () => {
    const { Pages, go } = createPages(true, (isShown) => isShown && <Tick path="/a" linger={20} />)
    const { container } = render(<Pages />)
    await opened('/a')
    server.send('/a', { event: 'tick', id: '41', data: { n: 1 } })
    await waitFor(() => expect(container.textContent).toBe('open 1'))
    go(false)
    await opened('/a', 0)
    go(true)
    expect(container.textContent).toBe('connecting 1')
    await opened('/a')
    expect(server.requests[1]?.headers['last-event-id']).toBe('41')
  })

  it('goes on where another component was that leaves as it comes, also without a linger', async () => {
    const { Pages, go } = createPages('first', (page) => <Tick key={page} path="/a" linger={0} />)
    const { container } = render(<Pages />)
    await opened('/a')
    server.send('/a', { event: 'tick', id: '41', data: { n: 1 } })
    await waitFor(() => expect(container.textContent).toBe('open 1'))
    go('second')
    await waitFor(() => expect(server.requests).toHaveLength(2))
    expect(server.requests[1]?.headers['last-event-id']).toBe('41')
    await waitFor(() => expect(container.textContent).toBe('open 1'))
  })
})

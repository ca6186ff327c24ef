import { act, cleanup, render, renderHook, waitFor } from '@testing-library/react'
import { memo, Profiler, type ReactNode, startTransition, useState } from 'react'
import { beforeEach, describe, expect, it } from 'vitest'
import { withEventServer } from '../../../test/withEventServer.ts'
import { eventTypes, useEventStream } from './index.ts'

interface Events {
  tick: { n: number }
}

const events = eventTypes<Events>()
const server = withEventServer(cleanup)
const { opened } = server

type Stream = ReturnType<typeof useEventStream<Events>>

/** Mounts a component that reads something of a stream in each rendering. */
function follow(read: (stream: Stream) => ReactNode) {
  const seen = { renders: 0, stream: undefined as Stream | undefined }
  function Component() {
    const stream = useEventStream(server.url('/a'), { events, linger: 0, ...callbacks })
    seen.renders++
    seen.stream = stream
    return read(stream)
  }
  return Object.assign(seen, render(<Component />))
}

let isOpen = false
let heard = () => {}
const callbacks = {
  onOpen: () => {
    isOpen = true
  },
  onEvent: () => heard(),
}

beforeEach(() => {
  isOpen = false
})

/** Lets what is due in a frame happen. */
const settle = () =>
  act(() => new Promise<void>((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => resolve()))))

/** Waits until the stream is open, and shown so. */
async function ready(): Promise<void> {
  await waitFor(() => expect(isOpen).toBe(true))
  await settle()
}

/** Sends an event, and waits until it has been published. */
async function send(n: number): Promise<void> {
  const came = new Promise<void>((resolve) => {
    heard = resolve
  })
  server.send('/a', { event: 'tick', id: n, data: { n } })
  await came
  await settle()
}

describe('a component', () => {
  it('takes a burst of 10,000 events with at most one commit per frame, and every callback', async () => {
    const heard: number[] = []
    const commits: number[] = []
    const Page = () =>
      useEventStream(server.url('/a'), { events, linger: 0, ...callbacks, on: { tick: ({ n }) => heard.push(n) } }).data
        ?.n
    const { container } = render(
      <Profiler id="page" onRender={() => commits.push(performance.now())}>
        <Page />
      </Profiler>,
    )
    await ready()
    commits.length = 0
    const began = performance.now()
    for (let n = 0; n < 10_000; n++) server.send('/a', { event: 'tick', data: { n } })
    await waitFor(() => expect(container.textContent).toBe('9999'), { timeout: 5000 })
    const frames = Math.ceil((performance.now() - began) / (1000 / 60))
    expect(heard).toEqual(Array.from({ length: 10_000 }, (_, n) => n))
    expect(commits.length).toBeLessThanOrEqual(frames)
  })

  it('renders only for the fields that it has read', async () => {
    const component = follow(({ status }) => status)
    await waitFor(() => expect(component.container.textContent).toBe('open'))
    const { renders } = component
    await send(1)
    await send(2)
    expect(component.renders).toBe(renders)
    act(() => component.stream?.close())
    expect(component.container.textContent).toBe('closed')
  })

  it('renders for a field from then on that it reads it', async () => {
    let show: (isShown: boolean) => void = () => {}
    let count = 0
    function Page() {
      const [isShown, setShown] = useState(false)
      const stream = useEventStream(server.url('/a'), { events, linger: 0, ...callbacks })
      show = setShown
      count++
      return isShown ? stream.data?.n : stream.status
    }
    const { container } = render(<Page />)
    await ready()
    const before = count
    await send(1)
    expect(count).toBe(before)
    act(() => show(true))
    expect(container.textContent).toBe('1')
    await send(2)
    expect(container.textContent).toBe('2')
  })

  it('renders for all fields where it takes the rest of them', async () => {
    const component = follow(({ status, ...rest }) => `${status} ${Object.keys(rest).length}`)
    await ready()
    const { renders } = component
    await send(1)
    expect(component.renders).toBe(renders + 1)
  })

  it('renders for every field where it has read none', async () => {
    const component = follow(() => null)
    await ready()
    const { renders } = component
    await send(1)
    await send(2)
    expect(component.renders).toBe(renders + 2)
  })

  it('sees in a handler what the last rendering saw, and renders for that field from then on', async () => {
    const component = follow(({ status }) => status)
    await waitFor(() => expect(component.container.textContent).toBe('open'))
    const { renders } = component
    await send(1)
    expect(component.renders).toBe(renders)
    expect(component.stream?.data).toBeUndefined()
    await settle()
    expect(component.renders).toBe(renders + 1)
    expect(component.stream?.data).toEqual({ n: 1 })
    await send(2)
    expect(component.stream?.data).toEqual({ n: 2 })
  })

  it('renders for a field that a child reads late, which renders for itself', async () => {
    const Child = memo(({ stream }: { stream: Stream }) => {
      const [isOpened, setOpened] = useState(false)
      return <button onClick={() => setOpened(true)}>{isOpened ? (stream.data?.n ?? 'none') : 'Details'}</button>
    })
    const component = follow((stream) => [stream.status, <Child key="child" stream={stream} />])
    await waitFor(() => expect(component.container.textContent).toBe('openDetails'))
    await send(1)
    act(() => component.getByRole('button').click())
    await settle()
    expect(component.container.textContent).toBe('open1')
    await send(2)
    expect(component.container.textContent).toBe('open2')
  })

  it('renders once for an event that repeats the payload of the last one', async () => {
    const component = follow(({ lastEvent, data }) => `${lastEvent?.id} ${data?.n}`)
    await opened('/a')
    server.send('/a', { event: 'tick', id: 'a', data: { n: 1 } })
    await waitFor(() => expect(component.container.textContent).toBe('a 1'))
    const { renders } = component
    server.send('/a', { event: 'tick', id: 'b', data: { n: 1 } })
    await waitFor(() => expect(component.container.textContent).toBe('b 1'))
    expect(component.renders).toBe(renders + 1)
  })

  it('follows a URL that changes in a transition', async () => {
    const { result } = renderHook(() => {
      const [path, setPath] = useState('/a')
      return { ...useEventStream(server.url(path), { events, linger: 0, ...callbacks }), setPath }
    })
    await opened('/a')
    act(() => startTransition(() => result.current.setPath('/b')))
    await opened('/b')
    await opened('/a', 0)
    expect(server.requests).toHaveLength(2)
  })
})

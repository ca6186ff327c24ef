import { describe, expect, it, vi } from 'vitest'
import {
  createApp,
  defineComponent,
  effectScope,
  type EffectScope,
  h,
  KeepAlive,
  nextTick,
  onMounted,
  ref,
  type Ref,
  shallowRef,
} from 'vue'
import { withEventServer } from '../../../test/withEventServer.ts'
import { inScope, leaveAll, mount } from '../test/mounted.ts'
import { eventTypes, useEventStream, type UseEventStreamOptions } from './index.ts'

interface Events {
  tick: { n: number }
}

const events = eventTypes<Events>()
const server = withEventServer(leaveAll)
const { opened } = server

const tick = (path: string, n: number) => server.send(path, { event: 'tick', id: n, data: { n } })

const createTick = (path: string, options: UseEventStreamOptions<Events> = {}) =>
  defineComponent({
    setup() {
      const { data, status } = useEventStream(server.url(path), { events, linger: 0, ...options })
      return () => h('p', `${status.value} ${data.value?.n ?? ''}`)
    },
  })

describe('a component that follows a stream', () => {
  it('makes one connection for the new URL when that changes during a backoff', async () => {
    const path = ref('/status/500')
    const { status, error } = inScope(() =>
      useEventStream(() => server.url(path.value), { linger: 0, retry: { delay: 40, jitter: 'none' } }),
    )
    await vi.waitFor(() => expect(status.value).toBe('reconnecting'))
    path.value = '/b'
    await opened('/b')
    const before = server.requests.length
    await vi.waitFor(() => expect([status.value, error.value]).toEqual(['open', undefined]))
    // As long as the attempts would have taken that are given up.
    await new Promise((resolve) => setTimeout(resolve, 150))
    expect(server.requests).toHaveLength(before)
  })

  it('gives the request up that is not answered yet when it unmounts', async () => {
    const { unmount } = mount(() => {
      const { status } = useEventStream(server.url('/stalled'), { linger: 0 })
      return () => status.value
    })
    await vi.waitFor(() => expect(server.requests).toHaveLength(1))
    unmount()
    await vi.waitFor(() => expect(server.requests[0]?.destroyed).toBe(true))
  })

  it('shares one connection with 49 others, and stays until the last one leaves', async () => {
    const count = ref(50)
    const Tick = createTick('/a')
    const { element } = mount(() => () => Array.from({ length: count.value }, (_, key) => h(Tick, { key })))
    await opened('/a')
    tick('/a', 7)
    await vi.waitFor(() => expect(element.textContent).toBe('open 7'.repeat(50)))
    count.value = 1
    await nextTick()
    expect(element.textContent).toBe('open 7')
    expect(server.open('/a')).toHaveLength(1)
    expect(server.requests).toHaveLength(1)
    count.value = 0
    await opened('/a', 0)
  })

  it('shares one connection with another one where both have their types inline', async () => {
    const Inline = defineComponent(() => {
      const { data } = useEventStream(server.url('/a'), { events: eventTypes<Events>(), linger: 0 })
      return () => h('p', data.value?.n)
    })
    const { element } = mount(() => () => [h(Inline), h(Inline)])
    await opened('/a')
    tick('/a', 7)
    await vi.waitFor(() => expect(element.textContent).toBe('77'))
    expect(server.requests).toHaveLength(1)
  })

  it('goes on where it was when a route changes and comes back within the linger', async () => {
    const page = ref('ticks')
    const Tick = createTick('/a', { linger: 500 })
    const { element } = mount(() => () => (page.value === 'ticks' ? h(Tick) : 'Other'))
    await opened('/a')
    tick('/a', 1)
    await vi.waitFor(() => expect(element.textContent).toBe('open 1'))
    page.value = 'other'
    await nextTick()
    tick('/a', 2)
    await new Promise((resolve) => setTimeout(resolve, 100))
    page.value = 'ticks'
    await nextTick()
    expect(element.textContent).toBe('open 2')
    expect(server.requests).toHaveLength(1)
  })

  it('goes on where another component was that leaves as it comes, also without a linger', async () => {
    const key = ref(1)
    const Tick = createTick('/a')
    const { element } = mount(() => () => h(Tick, { key: key.value }))
    await opened('/a')
    tick('/a', 41)
    await vi.waitFor(() => expect(element.textContent).toBe('open 41'))
    key.value = 2
    await vi.waitFor(() => expect(server.requests).toHaveLength(2))
    expect(server.requests[1]?.headers['last-event-id']).toBe('41')
    await vi.waitFor(() => expect(element.textContent).toBe('open 41'))
  })

  it('takes a burst of 10,000 events with at most one rendering per frame, and every callback', async () => {
    const heard: number[] = []
    let renders = 0
    const { element } = mount(() => {
      const { data } = useEventStream(server.url('/a'), { events, linger: 0, on: { tick: ({ n }) => heard.push(n) } })
      return () => {
        renders++
        return String(data.value?.n)
      }
    })
    await opened('/a')
    const [before, began] = [renders, performance.now()]
    for (let n = 0; n < 10_000; n++) tick('/a', n)
    await vi.waitFor(() => expect(element.textContent).toBe('9999'), { timeout: 5000 })
    const frames = Math.ceil((performance.now() - began) / (1000 / 60))
    expect(heard).toEqual(Array.from({ length: 10_000 }, (_, n) => n))
    expect(renders - before).toBeLessThanOrEqual(frames)
  })

  it('renders only for the refs that it has read', async () => {
    let renders = 0
    const seen = inScope(() => useEventStream(server.url('/a'), { events, linger: 0 }))
    const { element } = mount(() => {
      const { status } = useEventStream(server.url('/a'), { events, linger: 0 })
      return () => {
        renders++
        return status.value
      }
    })
    await vi.waitFor(() => expect(element.textContent).toBe('open'))
    const before = renders
    for (const n of [1, 2, 3]) {
      tick('/a', n)
      await vi.waitFor(() => expect(seen.data.value).toEqual({ n }))
    }
    expect(renders).toBe(before)
  })

  it('gives refs that nobody writes', async () => {
    const warn = vi.spyOn(console, 'warn').mockReturnValue()
    const { status } = inScope(() => useEventStream(null))
    ;(status as Ref).value = 'open'
    expect(status.value).toBe('idle')
    expect(warn).toHaveBeenCalledWith(expect.stringContaining('readonly'))
    warn.mockRestore()
  })
})

describe('a composable that is called in `onMounted`', () => {
  it('follows at once, and leaves with its component', async () => {
    let status: Readonly<Ref<string>> | undefined
    const { unmount } = mount(() => {
      onMounted(() => {
        ;({ status } = useEventStream(server.url('/a'), { linger: 0 }))
      })
      return () => ''
    })
    await vi.waitFor(() => expect(status?.value).toBe('open'))
    unmount()
    await opened('/a', 0)
  })
})

describe('KeepAlive', () => {
  it('connects nothing that comes to a page which is put aside, until that is shown', async () => {
    const isShown = ref(true)
    const hasChild = ref(false)
    const Tick = createTick('/a')
    const Page = defineComponent(() => () => h('div', [hasChild.value ? h(Tick) : '']))
    const { element } = mount(() => () => h(KeepAlive, () => (isShown.value ? h(Page) : undefined)))
    isShown.value = false
    await nextTick()
    hasChild.value = true
    await nextTick()
    await new Promise((resolve) => setTimeout(resolve, 100))
    expect(server.requests).toHaveLength(0)
    isShown.value = true
    await opened('/a')
    await vi.waitFor(() => expect(element.textContent).toBe('open '))
  })

  it('gives the connection up while the component is away, and resumes from its position', async () => {
    const isShown = ref(true)
    const Tick = createTick('/a')
    const { element } = mount(() => () => h(KeepAlive, () => (isShown.value ? h(Tick) : undefined)))
    await opened('/a')
    tick('/a', 41)
    await vi.waitFor(() => expect(element.textContent).toBe('open 41'))
    isShown.value = false
    await opened('/a', 0)
    isShown.value = true
    await nextTick()
    expect(element.textContent).toBe('connecting 41')
    await opened('/a')
    expect(server.requests[1]?.headers['last-event-id']).toBe('41')
    await vi.waitFor(() => expect(element.textContent).toBe('open 41'))
    expect(server.requests).toHaveLength(2)
  })

  it('keeps the connection over a look elsewhere that is shorter than the linger', async () => {
    const isShown = ref(true)
    const Tick = createTick('/a', { linger: 500 })
    const { element } = mount(() => () => h(KeepAlive, () => (isShown.value ? h(Tick) : undefined)))
    await opened('/a')
    isShown.value = false
    await nextTick()
    tick('/a', 41)
    await new Promise((resolve) => setTimeout(resolve, 100))
    isShown.value = true
    await vi.waitFor(() => expect(element.textContent).toBe('open 41'))
    expect(server.requests).toHaveLength(1)
  })

  it('follows the URL that came while the component was away', async () => {
    const isShown = ref(true)
    const path = ref('/a')
    const Tick = defineComponent(() => {
      const { status } = useEventStream(() => server.url(path.value), { linger: 0 })
      return () => h('p', status.value)
    })
    mount(() => () => h(KeepAlive, () => (isShown.value ? h(Tick) : undefined)))
    await opened('/a')
    isShown.value = false
    await opened('/a', 0)
    path.value = '/b'
    await nextTick()
    isShown.value = true
    await opened('/b')
    expect(server.requests.map(({ url }) => url)).toEqual(['/a', '/b'])
  })

  it('leaves alone what a store follows that was first used in the component', async () => {
    const scope = effectScope(true)
    const useStore = createStore(scope, () => useEventStream(server.url('/a'), { events, linger: 0 }))
    const page = shallowRef('first')
    const Page = defineComponent(() => {
      const { data } = useStore()
      return () => h('p', data.value?.n)
    })
    const { element } = mount(() => () => h(KeepAlive, () => h(Page, { key: page.value })))
    await opened('/a')
    page.value = 'second'
    await nextTick()
    tick('/a', 1)
    await vi.waitFor(() => expect(element.textContent).toBe('1'))
    expect(server.requests).toHaveLength(1)
    leaveAll()
    expect(server.open('/a')).toHaveLength(1)
    scope.stop()
    await opened('/a', 0)
  })
})

/** A store that is made where it is first used, and lives on. */
function createStore<T>(scope: EffectScope, setup: () => T): () => T {
  let store: T | undefined
  return () => (store ??= scope.run(setup) as T)
}

describe('outside of a component', () => {
  it('follows for as long as its scope lives', async () => {
    const { status } = inScope(() => useEventStream(server.url('/a'), { linger: 0 }))
    await opened('/a')
    await vi.waitFor(() => expect(status.value).toBe('open'))
    leaveAll()
    await opened('/a', 0)
  })

  it('ends with the application whose component made the scope', async () => {
    const app = createApp(
      defineComponent(() => {
        effectScope().run(() => useEventStream(server.url('/a'), { linger: 0 }))
        return () => h('p')
      }),
    )
    app.mount(document.createElement('div'))
    await opened('/a')
    app.unmount()
    await opened('/a', 0)
  })
})

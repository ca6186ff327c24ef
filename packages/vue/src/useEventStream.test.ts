import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import {
  computed,
  reactive,
  createApp,
  createSSRApp,
  defineComponent,
  effectScope,
  type EffectScope,
  h,
  type MaybeRefOrGetter,
  nextTick,
  ref,
  shallowRef,
  watch,
} from 'vue'
import { renderToString } from 'vue/server-renderer'
import { type EventServer, startEventServer } from '../../../test/eventServer.ts'
import { eventTypes, type StreamURL, useEventStream, type UseEventStreamOptions } from './index.ts'

interface Events {
  tick: { n: number }
  message: string
}

const events = eventTypes<Events>()
let server: EventServer
const scopes: EffectScope[] = []

beforeEach(async () => {
  server = await startEventServer()
})

afterEach(async () => {
  for (const scope of scopes.splice(0)) scope.stop()
  // Stopping its scope is all it takes: nothing may stay connected.
  await vi.waitFor(() => expect([...server.open('/a'), ...server.open('/b')]).toEqual([]), { timeout: 3000 })
  await server.close()
})

/** Uses the composable in a scope of its own, as a store does. */
function follow(url: MaybeRefOrGetter<StreamURL>, options: UseEventStreamOptions<Events> = {}) {
  const scope = effectScope()
  scopes.push(scope)
  return scope.run(() => useEventStream(url, { events, linger: 0, ...options }))!
}

/** Mounts a component that uses the composable. */
function mount(setup: () => unknown) {
  const app = createApp(
    defineComponent({
      setup() {
        setup()
        return () => h('div')
      },
    }),
  )
  app.mount(document.createElement('div'))
  return app
}

const opened = (path: string, count = 1) =>
  vi.waitFor(() => expect(server.open(path)).toHaveLength(count), { timeout: 3000 })

describe('useEventStream', () => {
  it('follows the stream while the component is mounted', async () => {
    let stream!: ReturnType<typeof useEventStream<Events>>
    const app = mount(() => {
      stream = useEventStream(server.url('/a'), { events })
    })
    expect(stream.status.value).toBe('connecting')
    await vi.waitFor(() => expect(stream.status.value).toBe('open'))
    await opened('/a')
    server.send('/a', { event: 'tick', data: { n: 1 }, id: 7 })
    await vi.waitFor(() => expect(stream.data.value).toEqual({ n: 1 }))
    expect(stream.lastEvent.value).toEqual({ event: 'tick', data: { n: 1 }, id: '7', text: '{"n":1}' })
    expect(stream.lastEventId.value).toBe('7')
    app.unmount()
    await opened('/a', 0)
  })

  it('follows the stream for as long as its effect scope lives', async () => {
    const { status } = follow(server.url('/a'))
    await vi.waitFor(() => expect(status.value).toBe('open'))
    scopes[0]?.stop()
    await opened('/a', 0)
  })

  it('connects nothing for a scope that is stopped before its component is mounted', async () => {
    const app = mount(() => {
      const scope = effectScope()
      scope.run(() => useEventStream(server.url('/a')))
      scope.stop()
      useEventStream(server.url('/b'))
    })
    await opened('/b')
    expect(server.requests.map(({ url }) => url)).toEqual(['/b'])
    app.unmount()
  })

  it('sends a POST once', async () => {
    const { status } = follow(server.url('/a'), { body: { prompt: 'hello' } })
    await vi.waitFor(() => expect(status.value).toBe('open'))
    expect(server.requests.map(({ method }) => method)).toEqual(['POST'])
  })

  it('sends a body again that was changed in place', async () => {
    const form = reactive({ prompt: 'one' })
    const { status } = follow(server.url('/a'), { body: form, linger: 0 })
    await opened('/a')
    form.prompt = 'two'
    await vi.waitFor(() => expect(server.requests).toHaveLength(2))
    await vi.waitFor(() => expect(status.value).toBe('open'))
    await opened('/a')
  })

  it('calls the callbacks for every event, in order, where a watcher sees the last', async () => {
    const seen: unknown[] = []
    const watched: unknown[] = []
    const { data } = follow(server.url('/a'), {
      on: { tick: ({ n }) => seen.push(n) },
      onMessage: (text) => seen.push(text),
      onEvent: ({ event }) => seen.push(event),
    })
    scopes[0]?.run(() => watch(data, (value) => watched.push(value), { flush: 'sync' }))
    await opened('/a')
    for (let n = 0; n < 100; n++) server.send('/a', { event: 'tick', data: { n } })
    server.send('/a', { data: 'the end' })
    await vi.waitFor(() => expect(data.value).toBe('the end'))
    const ticks = Array.from({ length: 100 }, (_, n) => [n, 'tick']).flat()
    expect(seen).toEqual([...ticks, 'the end', 'message'])
    // One chunk, or a few where the socket splits it.
    expect(watched.length).toBeLessThanOrEqual(3)
  })

  it('moves to a new url, and keeps data until its first event', async () => {
    const path = ref('/a')
    const { data, recent } = follow(() => server.url(path.value), { recent: 5 })
    await opened('/a')
    server.send('/a', { event: 'tick', data: { n: 1 }, id: 'a1' })
    await vi.waitFor(() => expect(data.value).toEqual({ n: 1 }))
    path.value = '/b'
    await opened('/a', 0)
    await opened('/b')
    expect(data.value).toEqual({ n: 1 })
    expect(recent.value).toEqual([])
    expect(server.requests.at(-1)?.headers['last-event-id']).toBeUndefined()
    server.send('/b', { event: 'tick', data: { n: 2 } })
    await vi.waitFor(() => expect(data.value).toEqual({ n: 2 }))
    expect(recent.value).toHaveLength(1)
  })

  it.each([null, undefined, false, ''] as const)('requests nothing while the url is %j', async (none) => {
    const url = shallowRef<StreamURL>(none)
    const { status } = follow(url)
    expect(status.value).toBe('idle')
    url.value = server.url('/a')
    await vi.waitFor(() => expect(status.value).toBe('open'))
    url.value = none
    await vi.waitFor(() => expect(status.value).toBe('idle'))
    await opened('/a', 0)
  })

  it('connects and disconnects with `enabled`', async () => {
    const enabled = ref(false)
    const { status } = follow(server.url('/a'), { enabled })
    expect(status.value).toBe('idle')
    enabled.value = true
    await vi.waitFor(() => expect(status.value).toBe('open'))
    enabled.value = false
    await opened('/a', 0)
    expect(server.requests).toHaveLength(1)
  })

  it('keeps the connection when a ref changes that the request does not depend on', async () => {
    const recent = ref(1)
    const stream = follow(server.url('/a'), { recent: computed(() => recent.value), body: () => undefined })
    await vi.waitFor(() => expect(stream.status.value).toBe('open'))
    recent.value = 3
    await nextTick()
    for (let n = 0; n < 5; n++) server.send('/a', { event: 'tick', data: { n } })
    await vi.waitFor(() => expect(stream.recent.value.map(({ data }) => data)).toEqual([{ n: 2 }, { n: 3 }, { n: 4 }]))
    expect(server.requests).toHaveLength(1)
  })

  it('calls `headers` for every attempt, so that a token can be renewed', async () => {
    let token = 0
    const { status } = follow(server.url('/a'), {
      headers: () => ({ authorization: `token ${++token}` }),
      retry: { delay: 1 },
    })
    await opened('/a')
    server.cut()
    await vi.waitFor(() => expect(server.requests).toHaveLength(2))
    expect(server.requests.map(({ headers }) => headers.authorization)).toEqual(['token 1', 'token 2'])
    await vi.waitFor(() => expect(status.value).toBe('open'))
  })

  it('resumes from the last event ID after the connection was cut', async () => {
    const { status, error, lastEventId } = follow(server.url('/a'), { retry: { delay: 1 } })
    await opened('/a')
    server.send('/a', { event: 'tick', data: { n: 1 }, id: 41 })
    await vi.waitFor(() => expect(lastEventId.value).toBe('41'))
    server.cut()
    await vi.waitFor(() => expect(server.requests).toHaveLength(2))
    expect(server.requests[1]?.headers['last-event-id']).toBe('41')
    await vi.waitFor(() => expect(status.value).toBe('open'))
    expect(error.value).toBeUndefined()
  })

  it('ends when the server says that it is complete', async () => {
    const onClose = vi.fn()
    const { status, closeReason } = follow(server.url('/a'), { onClose })
    await opened('/a')
    server.open('/a')[0]?.close()
    await vi.waitFor(() => expect(status.value).toBe('closed'))
    expect(closeReason.value).toBe('complete')
    expect(onClose).toHaveBeenCalledExactlyOnceWith('complete')
    expect(server.requests).toHaveLength(1)
  })

  it('shows why it was refused', async () => {
    const { status, closeReason, error } = follow(server.url('/status/403'))
    await vi.waitFor(() => expect(status.value).toBe('closed'))
    expect(closeReason.value).toBe('denied')
    expect(error.value).toMatchObject({ code: 'http-status', status: 403 })
  })

  it('stays closed by hand until it is opened again', async () => {
    const { status, closeReason, open, close } = follow(server.url('/a'))
    await opened('/a')
    close()
    expect([status.value, closeReason.value]).toEqual(['closed', 'manual'])
    await opened('/a', 0)
    open()
    await vi.waitFor(() => expect(status.value).toBe('open'))
  })

  it('requests nothing and renders its first state on the server', async () => {
    const app = createSSRApp({
      setup() {
        const { status } = useEventStream(server.url('/a'))
        return () => h('p', status.value)
      },
    })
    expect(await renderToString(app)).toBe('<p>connecting</p>')
    expect(server.requests).toHaveLength(0)
  })

  it('leaves no connection behind when components come and go', async () => {
    for (let i = 0; i < 20; i++) mount(() => useEventStream(server.url('/a'))).unmount()
    const app = mount(() => useEventStream(server.url('/a')))
    await opened('/a')
    expect(server.requests).toHaveLength(1)
    app.unmount()
  })
})

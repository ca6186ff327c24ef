import {
  createEventStreamObserver,
  type EventStreamObserver,
  forgetEventStreams,
  type ObserverOptions,
  type StreamURL,
} from '@tidewire/client'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createScriptedFetch, type ScriptedFetch } from '../test/scriptedFetch.ts'

const URL_A = 'https://example.test/a'
const URL_B = 'https://example.test/b'

let server: ScriptedFetch
let leaving: (() => void)[]

beforeEach(() => {
  vi.useFakeTimers()
  forgetEventStreams()
  server = createScriptedFetch()
  leaving = []
})

afterEach(async () => {
  for (const leave of leaving) leave()
  await settle()
  expect(server.live).toEqual([])
  // The last publication.
  vi.advanceTimersByTime(50)
  expect(vi.getTimerCount()).toBe(0)
  vi.useRealTimers()
  vi.restoreAllMocks()
})

/** Lets everything happen that waits for no time. */
const settle = () => vi.advanceTimersByTimeAsync(0)

const observe = (url: StreamURL, options: ObserverOptions = {}) =>
  createEventStreamObserver(url, {
    linger: 0,
    connectTimeout: 0,
    fetch: server.fetch,
    // No attempt comes at once by chance.
    retry: { jitter: 'none' },
    ...options,
  })

function join(observer: EventStreamObserver, listener: () => void = () => {}): () => void {
  const leave = observer.subscribe(listener)
  leaving.push(leave)
  return leave
}

async function answer(text = ''): Promise<void> {
  await settle()
  server.last.respond().send(text)
  await settle()
}

/** The state as it is after the next frame. */
function published(observer: EventStreamObserver) {
  vi.advanceTimersByTime(50)
  return observer.getSnapshot()
}

describe('subscribe', () => {
  it('opens with the first subscriber, once, and leaves with the last', async () => {
    const observer = observe(URL_A)
    await settle()
    expect(server.exchanges).toEqual([])
    const leave = join(observer)
    const leaveToo = join(observer)
    await answer()
    expect(server.exchanges).toHaveLength(1)
    leave()
    leave()
    await settle()
    expect(server.live).toHaveLength(1)
    leaveToo()
    await settle()
    expect(server.live).toEqual([])
  })

  it('sends one request when the only subscriber leaves and comes back in one turn', async () => {
    const observer = observe(URL_A)
    join(observer)()
    join(observer)()
    join(observer)
    await settle()
    expect(server.exchanges).toHaveLength(1)
  })

  it('sends nothing when the only subscriber leaves in the turn in which it has come, however long it would linger', async () => {
    const observer = observe(URL_A, { linger: 60_000 })
    join(observer)()
    await settle()
    expect(server.exchanges).toEqual([])
  })

  it('goes on where another observer was that leaves as it comes', async () => {
    const first = observe(URL_A)
    const leave = join(first)
    await answer('id: a\ndata: 1\n\n')
    // As a component is rendered before the one that it replaces has left.
    const second = observe(URL_A)
    leave()
    expect(published(second)).toMatchObject({ data: 1 })
    join(second)
    await settle()
    expect(server.last.header('Last-Event-ID')).toBe('a')
    expect(published(second)).toMatchObject({ status: 'connecting', data: 1 })
  })

  it('goes on from the last position when somebody comes back', async () => {
    const observer = observe(URL_A)
    const leave = join(observer)
    await answer('id: a\ndata: 1\n\n')
    leave()
    await settle()
    expect(published(observer)).toMatchObject({ status: 'connecting', data: 1 })
    join(observer)
    await settle()
    expect(server.last.header('Last-Event-ID')).toBe('a')
  })

  it('ends the wait for another attempt when the last one leaves', async () => {
    const observer = observe(URL_A)
    const leave = join(observer)
    await answer()
    server.last.end()
    await settle()
    expect(published(observer).status).toBe('reconnecting')
    leave()
    expect(published(observer)).toMatchObject({ status: 'connecting', error: undefined, nextRetryAt: undefined })
    await vi.advanceTimersByTimeAsync(100_000)
    expect(server.exchanges).toHaveLength(1)
  })

  it('calls one function as often as it is subscribed', async () => {
    const observer = observe(URL_A)
    const listener = vi.fn()
    const leave = join(observer, listener)
    join(observer, listener)
    await answer('data: 1\n\n')
    published(observer)
    expect(listener).toHaveBeenCalledTimes(2)
    leave()
    server.last.send('data: 2\n\n')
    await settle()
    published(observer)
    expect(listener).toHaveBeenCalledTimes(3)
  })

  it('calls no callback for an end that nobody asked for', async () => {
    const onClose = vi.fn()
    const onError = vi.fn()
    const observer = observe(URL_A, { onClose, onError })
    const leave = join(observer)
    await answer()
    leave()
    await settle()
    expect(onClose).not.toHaveBeenCalled()
    expect(onError).not.toHaveBeenCalled()
  })

  it('reports a listener that throws, and calls the others', async () => {
    const report = vi.spyOn(console, 'error').mockReturnValue()
    const observer = observe(URL_A)
    const failure = new Error('render')
    const listener = vi.fn()
    join(observer, () => {
      throw failure
    })
    join(observer, listener)
    observer.setOptions(URL_B, { linger: 0, connectTimeout: 0, fetch: server.fetch })
    vi.advanceTimersByTime(50)
    expect(report).toHaveBeenCalledWith(failure)
    expect(listener).toHaveBeenCalledTimes(report.mock.calls.length)
  })
})

describe('getSnapshot', () => {
  it('is the same object until something is published', async () => {
    const observer = observe(URL_A)
    const first = observer.getSnapshot()
    expect(first).toMatchObject({ status: 'connecting', data: undefined })
    expect(observer.getSnapshot()).toBe(first)
    join(observer)
    await answer('data: 1\n\n')
    expect(observer.getSnapshot()).toBe(first)
    const second = published(observer)
    expect(second).toMatchObject({ status: 'open', data: 1 })
    vi.advanceTimersByTime(1000)
    expect(observer.getSnapshot()).toBe(second)
  })

  it('says what the stream will be before anybody subscribes', () => {
    expect(observe(null).getSnapshot().status).toBe('idle')
    expect(observe('').getSnapshot().status).toBe('idle')
    expect(observe(URL_A, { enabled: false }).getSnapshot().status).toBe('idle')
    expect(observe(URL_A).getSnapshot().status).toBe('connecting')
  })
})

describe('getServerSnapshot', () => {
  it('is what is shown where nobody has connected, also where somebody has', async () => {
    join(observe(URL_A, { initialData: 0, lastEventId: 'a' }))
    await answer('id: b\ndata: 1\n\n')
    vi.advanceTimersByTime(50)
    const observer = observe(URL_A, { initialData: 0, lastEventId: 'a' })
    expect(observer.getSnapshot()).toMatchObject({ status: 'open', data: 1, lastEventId: 'b' })
    expect(observer.getServerSnapshot()).toMatchObject({ status: 'connecting', data: 0, lastEventId: 'a' })
    expect(observer.getServerSnapshot()).toBe(observer.getServerSnapshot())
  })
})

describe('setOptions', () => {
  it('costs nothing where the server would be asked for the same', async () => {
    const options = (): ObserverOptions => ({
      fetch: server.fetch,
      headers: { a: '1' },
      body: { ids: [1, 2] },
      onMessage: () => {},
    })
    const observer = observe(URL_A, options())
    const listener = vi.fn()
    join(observer, listener)
    await answer()
    published(observer)
    const snapshot = observer.getSnapshot()
    listener.mockClear()
    for (let i = 0; i < 3; i++) observer.setOptions(new URL(URL_A), options())
    await settle()
    expect(server.exchanges).toHaveLength(1)
    expect(server.live).toHaveLength(1)
    expect(published(observer)).toBe(snapshot)
    expect(listener).not.toHaveBeenCalled()
  })

  it('reads callbacks and functions where they are called', async () => {
    const calls: string[] = []
    const options = (version: string): ObserverOptions => ({
      linger: 0,
      fetch: server.fetch,
      headers: () => ({ 'X-Version': version }),
      on: { message: () => calls.push(`on ${version}`) },
      onMessage: () => calls.push(`onMessage ${version}`),
      onEvent: () => calls.push(`onEvent ${version}`),
      onError: () => calls.push(`onError ${version}`),
      parse: (text) => calls.push(`parse ${version} ${text}`),
    })
    const observer = observe(URL_A, options('old'))
    join(observer)
    await answer('data: 1\n\n')
    observer.setOptions(URL_A, options('new'))
    server.last.send('data: 2\n\n').end()
    await vi.advanceTimersByTimeAsync(1000)
    expect(calls).toEqual([
      'parse old 1',
      'on old',
      'onMessage old',
      'onEvent old',
      'parse new 2',
      'on new',
      'onMessage new',
      'onEvent new',
      'onError new',
    ])
    expect(server.last.header('X-Version')).toBe('new')
  })

  it('gives the old connection up before it asks another URL, and keeps the data but not the position', async () => {
    const observer = observe(URL_A, { recent: 5 })
    const listener = vi.fn()
    join(observer, listener)
    await answer('id: a\ndata: 1\n\n')
    published(observer)
    listener.mockClear()
    observer.setOptions(URL_B, { linger: 0, connectTimeout: 0, fetch: server.fetch, recent: 5 })
    expect(server.live).toEqual([])
    expect(observer.getSnapshot()).toMatchObject({ status: 'connecting', data: 1, lastEventId: '', recent: [] })
    // In the next frame: a URL that is new in every render would keep a page from ever being drawn.
    expect(listener).not.toHaveBeenCalled()
    vi.advanceTimersByTime(50)
    expect(listener).toHaveBeenCalled()
    await settle()
    expect(server.exchanges.map(({ url }) => url)).toEqual([URL_A, URL_B])
    expect(server.last.header('Last-Event-ID')).toBeNull()
    await answer('data: 2\n\n')
    expect(published(observer)).toMatchObject({ status: 'open', data: 2, recent: [{ data: 2 }] })
  })

  it('shows the initial data of another URL, where that has its own', async () => {
    const options = (initialData: object) => ({ linger: 0, connectTimeout: 0, fetch: server.fetch, initialData })
    const observer = observe(URL_A, options({ title: 'A' }))
    join(observer)
    await answer('data: 1\n\n')
    observer.setOptions(URL_B, options({ title: 'B' }))
    expect(observer.getSnapshot()).toMatchObject({ data: { title: 'B' }, lastEvent: undefined })
    await answer('data: 2\n\n')
    // The same, written anew.
    observer.setOptions(URL_A, options({ title: 'B' }))
    expect(observer.getSnapshot()).toMatchObject({ data: 2 })
  })

  it('hears nothing more of the old connection', async () => {
    const onMessage = vi.fn()
    const observer = observe(URL_A, { onMessage })
    join(observer)
    await answer()
    const old = server.last
    observer.setOptions(URL_B, { linger: 0, connectTimeout: 0, fetch: server.fetch, onMessage })
    expect(old.isAbandoned).toBe(true)
    await settle()
    expect(published(observer).data).toBeUndefined()
    expect(onMessage).not.toHaveBeenCalled()
  })

  it('sends one request for the last of several URLs in one turn', async () => {
    const observer = observe(URL_A)
    join(observer)
    for (const url of [URL_B, URL_A, URL_B])
      observer.setOptions(url, { linger: 0, connectTimeout: 0, fetch: server.fetch })
    await settle()
    expect(server.exchanges.map(({ url }) => url)).toEqual([URL_B])
  })

  it('makes no second connection during the wait for another attempt', async () => {
    const observer = observe(URL_A)
    join(observer)
    await answer()
    server.last.end()
    await settle()
    observer.setOptions(URL_B, { linger: 0, connectTimeout: 0, fetch: server.fetch })
    await vi.advanceTimersByTimeAsync(100_000)
    expect(server.exchanges.map(({ url }) => url)).toEqual([URL_A, URL_B])
  })

  it('reads other headers at the next attempt, and keeps the connection', async () => {
    const observer = observe(URL_A, { headers: { Authorization: 'old' } })
    join(observer)
    await answer('id: a\ndata: 1\n\n')
    observer.setOptions(URL_A, { linger: 0, connectTimeout: 0, fetch: server.fetch, headers: { Authorization: 'new' } })
    await settle()
    expect(server.exchanges).toHaveLength(1)
    observer.reconnect()
    await settle()
    expect(server.last.header('Authorization')).toBe('new')
    expect(server.last.header('Last-Event-ID')).toBe('a')
  })

  it('never revives a stream that is complete for a renewed token', async () => {
    const observer = observe(URL_A, { body: {}, headers: { Authorization: 'old' } })
    join(observer)
    await answer('event: sse.bye\ndata: {"reason":"complete"}\n\n')
    observer.setOptions(URL_A, {
      linger: 0,
      connectTimeout: 0,
      fetch: server.fetch,
      body: {},
      headers: { Authorization: 'new' },
    })
    await settle()
    expect(server.exchanges).toHaveLength(1)
    expect(observer.getSnapshot()).toMatchObject({ status: 'closed', closeReason: 'complete' })
  })

  it('sends a POST once, also where its component leaves and comes back', async () => {
    const onClose = vi.fn()
    const observer = observe(URL_A, { body: {}, onClose })
    const leave = join(observer)
    await answer('data: 1\n\n')
    leave()
    expect(server.live).toEqual([])
    join(observer)
    await settle()
    expect(server.exchanges).toHaveLength(1)
    expect(published(observer)).toMatchObject({ status: 'closed', closeReason: 'manual', data: 1 })
    expect(onClose).not.toHaveBeenCalled()
    observer.open()
    await settle()
    expect(server.exchanges).toHaveLength(2)
  })

  it('takes no position from one body to another', async () => {
    const observer = observe(URL_A, { body: { prompt: 'first' }, recent: 5 })
    join(observer)
    await answer('id: a\ndata: 1\n\n')
    observer.setOptions(URL_A, {
      linger: 0,
      connectTimeout: 0,
      fetch: server.fetch,
      body: { prompt: 'second' },
      recent: 5,
    })
    await settle()
    expect(server.last.init.body).toBe('{"prompt":"second"}')
    expect(server.last.header('Last-Event-ID')).toBeNull()
    expect(observer.getSnapshot()).toMatchObject({ data: 1, lastEventId: '', recent: [] })
  })

  it('leaves and comes back with `enabled`, from the last position', async () => {
    const observer = observe(URL_A)
    join(observer)
    await answer('id: a\ndata: 1\n\n')
    observer.setOptions(URL_A, { linger: 0, connectTimeout: 0, fetch: server.fetch, enabled: false })
    await settle()
    expect(server.live).toEqual([])
    expect(published(observer)).toMatchObject({ status: 'idle', data: 1 })
    observer.setOptions(URL_A, { linger: 0, connectTimeout: 0, fetch: server.fetch, enabled: true })
    await settle()
    expect(server.last.header('Last-Event-ID')).toBe('a')
    expect(published(observer).status).toBe('connecting')
  })

  it('leaves one connection however often `enabled` changes during the wait for another attempt', async () => {
    const observer = observe(URL_A)
    join(observer)
    await answer()
    server.last.end()
    await settle()
    for (const enabled of [false, true, false, true])
      observer.setOptions(URL_A, { linger: 0, connectTimeout: 0, fetch: server.fetch, enabled })
    await settle()
    expect(server.live).toHaveLength(1)
    await vi.advanceTimersByTimeAsync(100_000)
    expect(server.exchanges).toHaveLength(2)
  })

  it.each([null, undefined, false, ''] as const)('leaves for the URL %j', async (url) => {
    const observer = observe(URL_A)
    join(observer)
    await answer()
    observer.setOptions(url, { linger: 0, connectTimeout: 0, fetch: server.fetch })
    await settle()
    expect(server.live).toEqual([])
    expect(published(observer).status).toBe('idle')
    observer.setOptions(URL_A, { linger: 0, connectTimeout: 0, fetch: server.fetch })
    await settle()
    expect(server.live).toHaveLength(1)
  })

  it('sends nothing while nobody subscribes', async () => {
    const observer = observe(null)
    observer.setOptions(URL_A, { linger: 0, connectTimeout: 0, fetch: server.fetch })
    await settle()
    expect(server.exchanges).toEqual([])
    join(observer)
    await settle()
    expect(server.exchanges.map(({ url }) => url)).toEqual([URL_A])
  })

  it('changes nothing where it throws', async () => {
    const onMessage = vi.fn()
    const observer = observe(URL_A, { onMessage })
    join(observer)
    await answer()
    const bad: ObserverOptions = { linger: 0, connectTimeout: 0, fetch: server.fetch, recent: -1 }
    expect(() => observer.setOptions(URL_A, bad)).toThrow(TypeError)
    expect(() => observer.setOptions(URL_B, bad)).toThrow(TypeError)
    server.last.send('data: 1\n\n')
    await settle()
    expect(onMessage).toHaveBeenCalledTimes(1)
    expect(server.exchanges).toHaveLength(1)
  })
})

describe('open, reconnect and close', () => {
  it('keep a stream closed that was closed by hand, until the server would be asked for something else', async () => {
    const onClose = vi.fn()
    const observer = observe(URL_A, { onClose })
    join(observer)
    await answer()
    observer.close()
    expect(onClose).toHaveBeenCalledExactlyOnceWith('manual')
    observer.setOptions(URL_A, { linger: 0, connectTimeout: 0, fetch: server.fetch })
    join(observer)
    await settle()
    expect(server.exchanges).toHaveLength(1)
    expect(observer.getSnapshot()).toMatchObject({ status: 'closed', closeReason: 'manual' })
    observer.setOptions(URL_B, { linger: 0, connectTimeout: 0, fetch: server.fetch })
    await settle()
    expect(server.exchanges).toHaveLength(2)
  })

  it('open a closed stream again', async () => {
    const observer = observe(URL_A)
    join(observer)
    await answer('id: a\ndata: 1\n\n')
    observer.close()
    observer.open()
    observer.open()
    await settle()
    expect(server.exchanges).toHaveLength(2)
    expect(server.last.header('Last-Event-ID')).toBe('a')
  })

  it('connect at once in the wait for another attempt', async () => {
    const observer = observe(URL_A)
    join(observer)
    await answer()
    server.last.end()
    await settle()
    observer.reconnect()
    await settle()
    expect(server.live).toHaveLength(1)
  })

  it('connect nothing that nobody subscribes to', async () => {
    const observer = observe(URL_A)
    observer.open()
    observer.reconnect()
    await settle()
    const leave = join(observer)
    await settle()
    leave()
    observer.open()
    observer.reconnect()
    await settle()
    expect(server.live).toEqual([])
  })

  it('may be taken apart from the observer', async () => {
    const { subscribe, getSnapshot, close, open } = observe(URL_A)
    leaving.push(subscribe(() => {}))
    await settle()
    close()
    expect(getSnapshot().status).toBe('closed')
    open()
    await settle()
    expect(server.live).toHaveLength(1)
  })
})

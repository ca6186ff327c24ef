import { createEventStreamObserver, forgetEventStreams, type ObserverOptions, type StreamURL } from '@tidewire/client'
import { describe, expect, it } from 'vitest'
import { URL_A, URL_B, useObservers } from '../test/useObservers.ts'

const SECRET = 'id: a\ndata: "of A"\n\n'

const { server, open, settle, pass, join, published } = useObservers()

function observe(url: StreamURL, options: ObserverOptions = {}) {
  const given = { fetch: server.fetch, ...options }
  const observer = createEventStreamObserver(url, given)
  return {
    ...observer,
    to: (next: StreamURL, more: ObserverOptions = {}) => observer.setOptions(next, { ...given, ...more }),
    join: () => join(observer),
    published: () => published(observer),
  }
}

/** One that has had an event of A, and follows B. */
async function moved(options?: ObserverOptions) {
  const observer = observe(URL_A, options)
  await observer.join()
  await open(SECRET)
  observer.to(URL_B)
  await settle()
  return observer
}

describe('the data of a URL that was left', () => {
  it('stay until there is an event, for who has left it alone', async () => {
    const observer = await moved()
    const other = observe(URL_B)
    await other.join()
    expect(other.getSnapshot()).toMatchObject({ data: undefined, lastEvent: undefined })
    expect(await observer.published()).toMatchObject({ data: 'of A', lastEvent: { data: 'of A' }, lastEventId: '' })
    await open('id: b\ndata: "of B"\n\n')
    for (const one of [observer, other]) expect((await one.published()).data).toBe('of B')
  })

  it('stay also where others follow the new one already', async () => {
    const observer = observe(URL_A)
    await observer.join()
    await open(SECRET)
    await observe(URL_B).join()
    await open()
    observer.to(URL_B)
    await settle()
    expect(await observer.published()).toMatchObject({ status: 'open', data: 'of A' })
    expect(observer.getSnapshot()).toBe(observer.getSnapshot())
  })

  it('are not what is remembered of the new one', async () => {
    const observer = await moved({ linger: 0 })
    await open('id: b\n\n')
    observer.to(null)
    await settle()
    expect(observe(URL_B).getSnapshot()).toMatchObject({ data: undefined, lastEventId: 'b' })
    expect((await observer.published()).data).toBe('of A')
  })

  it('stay over several URLs that have brought nothing', async () => {
    const observer = await moved()
    await open()
    observer.to(`${URL_B}/c`)
    await settle()
    await open()
    expect((await observer.published()).data).toBe('of A')
  })

  it('stay over a pause and a close by hand', async () => {
    const observer = await moved()
    await open()
    observer.pause()
    expect(await observer.published()).toMatchObject({ status: 'paused', data: 'of A' })
    observer.close()
    expect(await observer.published()).toMatchObject({ status: 'closed', data: 'of A' })
  })

  it('are gone where the new one is refused', async () => {
    const observer = await moved()
    server.last.respond({ status: 403 })
    await settle()
    expect(await observer.published()).toMatchObject({ closeReason: 'denied', data: undefined, lastEvent: undefined })
  })

  it('are gone where the new one ends without an event', async () => {
    const observer = await moved()
    await open('event: sse.bye\ndata: {"reason":"complete"}\n\n')
    expect(await observer.published()).toMatchObject({ closeReason: 'complete', data: undefined })
  })

  it('give way to other initial data', async () => {
    const observer = observe(URL_A)
    await observer.join()
    await open(SECRET)
    observer.to(URL_B, { initialData: 'B' })
    expect((await observer.published()).data).toBe('B')
  })
})

describe('who is put aside while all is forgotten', () => {
  it('begins anew, and shows nothing of what it had', async () => {
    const observer = observe(URL_A)
    const leave = await observer.join()
    await open(SECRET)
    leave()
    forgetEventStreams()
    expect(observer.getSnapshot()).toMatchObject({ status: 'connecting', data: undefined, lastEventId: '' })
    await observer.join()
    expect(server.last.header('Last-Event-ID')).toBeNull()
  })

  it('begins anew also beside others who go on', async () => {
    const observer = observe(URL_A, { headers: { Authorization: 'of its own' } })
    const leave = await observer.join()
    await open(SECRET)
    await observe(URL_A).join()
    await open('data: "of others"\n\n')
    leave()
    await pass(2000)
    forgetEventStreams()
    expect(observer.getSnapshot().data).toBeUndefined()
  })

  it('stays closed where it was, and shows nothing', async () => {
    const observer = observe(URL_A)
    const leave = await observer.join()
    await open(SECRET)
    observer.close()
    leave()
    forgetEventStreams()
    expect(observer.getSnapshot()).toMatchObject({ status: 'closed', closeReason: 'manual', data: undefined })
  })

  it.each<[string, StreamURL, ObserverOptions]>([
    ['it is disabled', URL_A, { enabled: false }],
    ['it has no URL', null, {}],
  ])('begins anew also where it is still there, and %s', async (_, url, options) => {
    const observer = observe(URL_A, { linger: 0, initialData: 'of nobody' })
    await observer.join()
    await open(SECRET)
    observer.to(url, { initialData: 'of nobody', linger: 0, ...options })
    expect((await observer.published()).data).toBe('of A')
    let count = 0
    const leave = observer.subscribe(() => void count++)
    forgetEventStreams()
    expect(await observer.published()).toMatchObject({ status: 'idle', data: 'of nobody', lastEventId: '' })
    expect(count).toBe(1)
    observer.to(URL_A, { initialData: 'of B', linger: 0 })
    await settle()
    expect(server.last.header('Last-Event-ID')).toBeNull()
    expect((await observer.published()).data).toBe('of B')
    leave()
  })

  it('begins anew where it is enabled before anybody has looked at it', async () => {
    const observer = observe(URL_A, { linger: 0 })
    await observer.join()
    await open(SECRET)
    observer.to(URL_A, { linger: 0, enabled: false })
    forgetEventStreams()
    observer.to(URL_A, { linger: 0 })
    await settle()
    expect(server.last.header('Last-Event-ID')).toBeNull()
    expect((await observer.published()).data).toBeUndefined()
  })

  it('shows nothing where it has been closed by hand, and is still there', async () => {
    const observer = observe(URL_A)
    await observer.join()
    await open(SECRET)
    observer.close()
    forgetEventStreams()
    expect(await observer.published()).toMatchObject({ status: 'closed', closeReason: 'manual', data: undefined })
    observer.open()
    await settle()
    expect(server.last.header('Last-Event-ID')).toBeNull()
  })

  it('goes on from where it was, where it came back before that', async () => {
    const observer = observe(URL_A)
    const leave = await observer.join()
    await open(SECRET)
    forgetEventStreams()
    leave()
    await pass(2000)
    expect(observer.getSnapshot()).toMatchObject({ data: 'of A', lastEventId: 'a' })
  })
})

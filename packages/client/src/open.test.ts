import { describe, expect, it, vi } from 'vitest'
import { follow } from '../test/followed.ts'
import { useScriptedStreams } from '../test/useScriptedStreams.ts'

const { server, start, keep, open, answer, refuse, settle, pass } = useScriptedStreams()

describe('open()', () => {
  it('connects a stream that is idle because it is not enabled', async () => {
    const { stream } = await start({ enabled: false })
    stream.open()
    await settle()
    await open('data: 1\n\n')
    expect(stream).toMatchObject({ status: 'open', data: 1 })
  })

  it('replaces a part of the request: another body for another POST', async () => {
    const { stream, log } = await start({ body: { prompt: 'first' }, headers: { 'X-Token': 'a' }, lastEventId: 'p' })
    await answer('id: a\ndata: 1\n\nevent: sse.bye\ndata: {"reason":"complete"}\n\n')
    stream.open({ body: { prompt: 'second' } })
    await settle()
    await answer('data: 2\n\n')
    expect(server.exchanges.map(({ init }) => init.body)).toEqual(['{"prompt":"first"}', '{"prompt":"second"}'])
    expect(server.last.header('X-Token')).toBe('a')
    expect(log).toEqual([
      'open',
      'message:1',
      'close:complete',
      'open',
      'message:2',
      'error:disconnected',
      'close:fatal',
    ])
  })

  it('replaces it from then on: for later attempts, and for a later open()', async () => {
    const { stream } = await start({ retry: { delay: 0 } })
    stream.close()
    stream.open({ headers: { 'X-Token': 'b' } })
    await settle()
    await answer()
    await pass(1)
    stream.close()
    stream.open({ credentials: 'include' })
    await settle()
    expect(server.exchanges.map((exchange) => exchange.header('X-Token'))).toEqual([null, 'b', 'b', 'b'])
    expect(server.last.init.credentials).toBe('include')
  })

  it('goes on from the last position, or from the one that it is given', async () => {
    const { stream } = await start()
    await open('id: a\n\n')
    for (const [given, sent] of [
      [undefined, 'a'],
      ['b', 'b'],
      ['', null],
    ] as const) {
      stream.close()
      stream.open(given === undefined ? undefined : { lastEventId: given })
      await settle()
      expect(server.last.header('Last-Event-ID')).toBe(sent)
    }
    expect(stream.lastEventId).toBe('')
  })

  it('does nothing while there is a connection, or a wait for one, or a pause', async () => {
    const { stream } = await start()
    stream.open({ headers: { 'X-Token': 'b' } })
    await answer()
    stream.open({ headers: { 'X-Token': 'b' } })
    await pass(1000)
    stream.pause()
    stream.open({ headers: { 'X-Token': 'b' } })
    stream.resume()
    await settle()
    expect(server.exchanges.map((exchange) => exchange.header('X-Token'))).toEqual([null, null, null])
  })
})

describe('opened', () => {
  it('resolves when the server has first answered with an event stream', async () => {
    const { stream } = await start()
    let isOpen = false
    void stream.opened.then(() => {
      isOpen = true
    })
    await refuse(503)
    await pass(1000)
    expect(isOpen).toBe(false)
    await open()
    expect(isOpen).toBe(true)
    stream.close()
    await expect(stream.opened).resolves.toBeUndefined()
  })

  it.each([
    ['refused', () => refuse(404), { code: 'http-status', status: 404 }],
    ['of another type', () => refuse(200, { 'Content-Type': 'text/html' }), { code: 'content-type' }],
    ['complete before it began', () => refuse(204), { code: 'closed' }],
  ])('rejects where the stream is %s', async (_, end, error) => {
    const { stream } = await start()
    await end()
    await expect(stream.opened).rejects.toMatchObject({ name: 'SSEError', ...error })
  })

  it('rejects where the stream is closed before', async () => {
    const { stream } = await start()
    stream.close()
    await expect(stream.opened).rejects.toMatchObject({ name: 'SSEError', code: 'closed' })
  })

  it('rejects where a stream that waits for its opening is closed', async () => {
    const { stream } = await start({ enabled: false })
    stream.close()
    await expect(stream.opened).rejects.toMatchObject({ code: 'closed' })
  })

  it('may be dropped: it never becomes an unhandled rejection', async () => {
    const onRejection = vi.fn()
    process.on('unhandledRejection', onRejection)
    await start()
    await refuse(404)
    vi.useRealTimers()
    await new Promise((resolve) => setImmediate(resolve))
    vi.useFakeTimers({ now: 0 })
    process.off('unhandledRejection', onRejection)
    expect(onRejection).not.toHaveBeenCalled()
  })
})

describe('resolveURL', () => {
  it('is called before every attempt with the URL, and says where it goes', async () => {
    let count = 0
    const resolveURL = vi.fn(async (url: string) => `${url}?signature=${++count}`)
    await start({ resolveURL })
    await refuse(503)
    await pass(1000)
    expect(resolveURL.mock.calls).toEqual([['https://example.test/'], ['https://example.test/']])
    expect(server.exchanges.map(({ url }) => url)).toEqual([
      'https://example.test/?signature=1',
      'https://example.test/?signature=2',
    ])
  })

  it('may return a URL at once, and is given text for one', async () => {
    const resolveURL = vi.fn((url: string) => new URL('/b', url))
    keep(follow(new URL('https://example.test/a'), { fetch: server.fetch, resolveURL }))
    await settle()
    expect(resolveURL).toHaveBeenCalledExactlyOnceWith('https://example.test/a')
    expect(server.last.url).toBe('https://example.test/b')
  })

  it.each([
    [
      'throws',
      () => {
        throw new Error('sign')
      },
    ],
    ['rejects', () => Promise.reject(new Error('sign'))],
  ])('that %s is tried again', async (_, resolveURL) => {
    const { stream } = await start({ resolveURL })
    expect(stream).toMatchObject({ status: 'reconnecting', error: { code: 'headers', cause: { message: 'sign' } } })
    expect(server.exchanges).toEqual([])
  })

  it('that answers after close() sends nothing', async () => {
    const url = Promise.withResolvers<string>()
    const { stream, log } = await start({ resolveURL: () => url.promise })
    stream.close()
    url.resolve('https://example.test/b')
    await settle()
    expect(server.exchanges).toEqual([])
    expect(log).toEqual(['close:manual'])
  })

  it('that gives no URL is fatal', async () => {
    vi.stubGlobal('fetch', server.fetch)
    const { stream } = await start({ fetch: undefined, resolveURL: () => 'http://' })
    vi.unstubAllGlobals()
    expect(stream).toMatchObject({ status: 'closed', closeReason: 'fatal', error: { code: 'invalid-request' } })
  })
})

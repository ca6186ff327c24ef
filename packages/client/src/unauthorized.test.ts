import { describe, expect, it, vi } from 'vitest'
import { useScriptedStreams } from '../test/useScriptedStreams.ts'

const { server, start, open, answer, refuse, settle, pass } = useScriptedStreams()

const bye = (reason: string) => `event: sse.bye\ndata: {"reason":"${reason}"}\n\n`

describe('onUnauthorized', () => {
  it('is called after a 401, and then there is one more attempt, at once, from the same position', async () => {
    let token = 'old'
    const onUnauthorized = vi.fn(async () => {
      token = 'new'
    })
    const { stream, log } = await start({
      lastEventId: 'a',
      headers: () => ({ Authorization: token }),
      onUnauthorized,
    })
    await refuse(401)
    expect(onUnauthorized).toHaveBeenCalledExactlyOnceWith(
      expect.objectContaining({ code: 'http-status', status: 401 }),
    )
    expect(server.exchanges.map((exchange) => exchange.header('Authorization'))).toEqual(['old', 'new'])
    expect(server.exchanges.map((exchange) => exchange.header('Last-Event-ID'))).toEqual(['a', 'a'])
    await open('data: 1\n\n')
    expect(stream).toMatchObject({ status: 'open', error: undefined })
    expect(log).toEqual(['open', 'message:1'])
  })

  it('takes its time: nothing is sent before it is done', async () => {
    const renewal = Promise.withResolvers<void>()
    const { stream } = await start({ onUnauthorized: () => renewal.promise })
    await refuse(401)
    await pass(100_000)
    expect(stream).toMatchObject({ status: 'connecting', error: { status: 401 } })
    expect(server.exchanges).toHaveLength(1)
    renewal.resolve()
    await settle()
    expect(server.exchanges).toHaveLength(2)
  })

  it('is called where the server says that the credentials have expired', async () => {
    const onUnauthorized = vi.fn()
    const { stream } = await start({ onUnauthorized })
    await open('id: a\ndata: 1\n\n')
    server.last.send(bye('expired'))
    await settle()
    expect(onUnauthorized).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ reason: 'expired' }))
    expect(stream.status).toBe('reconnecting')
    expect(server.last.header('Last-Event-ID')).toBe('a')
    expect(server.live).toHaveLength(1)
  })

  it.each(['timeout', 'drain', 'error'])('is not called for the end `%s`', async (reason) => {
    const onUnauthorized = vi.fn()
    await start({ onUnauthorized })
    await answer(bye(reason))
    expect(onUnauthorized).not.toHaveBeenCalled()
  })

  it('is not called for a failure of the source that is named like it', async () => {
    const onUnauthorized = vi.fn()
    const { stream } = await start({ onUnauthorized })
    await answer('event: sse.bye\ndata: {"reason":"error","code":"expired"}\n\n')
    expect(onUnauthorized).not.toHaveBeenCalled()
    expect(stream).toMatchObject({ status: 'reconnecting', error: { code: 'server', reason: 'expired' } })
  })

  it.each([403, 404, 407, 419, 503])('is not called for %i', async (status) => {
    const onUnauthorized = vi.fn()
    await start({ onUnauthorized })
    await refuse(status)
    expect(onUnauthorized).not.toHaveBeenCalled()
  })

  it('closes the stream as denied where the new credentials are refused, too', async () => {
    const onUnauthorized = vi.fn()
    const { stream, log } = await start({ onUnauthorized })
    await refuse(401)
    await refuse(401)
    expect(onUnauthorized).toHaveBeenCalledTimes(1)
    expect(stream).toMatchObject({ status: 'closed', closeReason: 'denied', error: { status: 401 } })
    expect(log).toEqual(['error:http-status', 'close:denied'])
    await pass(100_000)
    expect(server.exchanges).toHaveLength(2)
  })

  it('closes the stream as denied where the new credentials are out of date at once', async () => {
    const onUnauthorized = vi.fn()
    const { stream, log } = await start({ onUnauthorized })
    await answer(bye('expired'))
    await answer(bye('expired'))
    expect(onUnauthorized).toHaveBeenCalledTimes(1)
    expect(stream).toMatchObject({ status: 'closed', closeReason: 'denied', error: { reason: 'expired' } })
    expect(log).toEqual(['open', 'open', 'error:disconnected', 'close:denied'])
  })

  it.each([
    [
      'throws',
      () => {
        throw new Error('renew')
      },
    ],
    ['rejects', () => Promise.reject(new Error('renew'))],
  ])('closes the stream as denied where it %s', async (_, onUnauthorized) => {
    const { stream, log } = await start({ onUnauthorized })
    await refuse(401)
    expect(stream).toMatchObject({
      status: 'closed',
      closeReason: 'denied',
      error: { code: 'headers', status: 401, cause: { message: 'renew' } },
    })
    expect(log).toEqual(['error:headers', 'close:denied'])
    expect(server.exchanges).toHaveLength(1)
  })

  it('is called again after a connection that stood', async () => {
    const onUnauthorized = vi.fn()
    const { stream } = await start({ onUnauthorized })
    for (let hour = 1; hour <= 3; hour++) {
      await open('data: 1\n\n')
      await pass(3_600_000)
      server.last.send(bye('expired'))
      await settle()
      expect(onUnauthorized).toHaveBeenCalledTimes(hour)
    }
    expect(stream.status).toBe('reconnecting')
  })

  it('is called again where a connection stood, broke, and is then refused', async () => {
    const onUnauthorized = vi.fn()
    const { stream } = await start({ onUnauthorized })
    await refuse(401)
    await open('data: 1\n\n')
    await pass(3_600_000)
    server.last.end()
    await pass(1000)
    await refuse(401)
    expect(onUnauthorized).toHaveBeenCalledTimes(2)
    await open()
    expect(stream.status).toBe('open')
  })

  it('that comes back after close() sends nothing', async () => {
    const renewal = Promise.withResolvers<void>()
    const { stream, log } = await start({ onUnauthorized: () => renewal.promise })
    await refuse(401)
    stream.close()
    renewal.resolve()
    await settle()
    expect(server.exchanges).toHaveLength(1)
    expect(log).toEqual(['close:manual'])
  })

  it('that fails after close() is no failure', async () => {
    const renewal = Promise.withResolvers<void>()
    const { stream, log } = await start({ onUnauthorized: () => renewal.promise })
    await refuse(401)
    stream.close()
    renewal.reject(new Error('late'))
    await settle()
    expect(log).toEqual(['close:manual'])
    expect(stream.error).toBeUndefined()
  })

  it('may close the stream', async () => {
    const { stream, log } = await start({ onUnauthorized: () => stream.close() })
    await refuse(401)
    expect(log).toEqual(['close:manual'])
    expect(server.exchanges).toHaveLength(1)
  })

  it('works for a POST, whose request was not taken', async () => {
    const { stream } = await start({ body: { prompt: 'hi' }, onUnauthorized: () => {} })
    await refuse(401)
    await open('data: 1\n\n')
    expect(stream.status).toBe('open')
    expect(server.exchanges.map(({ init }) => init.body)).toEqual(['{"prompt":"hi"}', '{"prompt":"hi"}'])
  })

  it('is not needed: without it a 401 is a denial, and `expired` a lost connection', async () => {
    const first = await start()
    await refuse(401)
    expect(first.stream.closeReason).toBe('denied')
    const second = await start()
    await answer(bye('expired'))
    expect(second.stream).toMatchObject({ status: 'reconnecting', error: { code: 'disconnected', reason: 'expired' } })
  })
})

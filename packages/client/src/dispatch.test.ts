import { describe, expect, it, vi } from 'vitest'
import { useScriptedStreams } from '../test/useScriptedStreams.ts'

const { server, start, open, answer, settle, pass } = useScriptedStreams()

const bye = (reason: string) => `event: sse.bye\ndata: {"reason":"${reason}"}\n\n`

describe('until', () => {
  it('ends the stream, as complete, with the first event for which it is true', async () => {
    const { stream, log } = await start({ until: ({ text }) => text === '[DONE]' })
    await open('data: 1\n\ndata: [DONE]\n\ndata: 2\n\n')
    expect(log).toEqual(['open', 'message:1', 'message:[DONE]', 'close:complete'])
    expect(stream).toMatchObject({ status: 'closed', closeReason: 'complete', error: undefined, data: '[DONE]' })
    expect(server.last.isAbandoned).toBe(true)
    await pass(100_000)
    expect(server.exchanges).toHaveLength(1)
  })

  it('ends a POST that has no other end without an error', async () => {
    const { log } = await start({ body: {}, until: ({ text }) => text === '[DONE]' })
    await answer('data: 1\n\ndata: [DONE]\n\n')
    expect(log).toEqual(['open', 'message:1', 'message:[DONE]', 'close:complete'])
  })

  it('is asked last, about each event once', async () => {
    const calls: string[] = []
    await start({
      onEvent: ({ text }) => calls.push(`event ${text}`),
      until({ text }) {
        calls.push(`until ${text}`)
        return false
      },
    })
    await open('data: 1\n\ndata: 2\n\n')
    expect(calls).toEqual(['event 1', 'until 1', 'event 2', 'until 2'])
  })

  it('that throws is reported, and ends nothing', async () => {
    const report = vi.spyOn(console, 'error').mockReturnValue()
    const failure = new Error('until')
    const { log } = await start({
      until() {
        throw failure
      },
    })
    await open('data: 1\n\ndata: 2\n\n')
    expect(report.mock.calls).toEqual([[failure], [failure]])
    expect(log).toEqual(['open', 'message:1', 'message:2'])
  })

  it.each([1, 'yes', {}])('ends nothing for %j, which is not true', async (answerOfUntil) => {
    const { stream } = await start({ until: (() => answerOfUntil) as unknown as () => boolean })
    await open('data: 1\n\n')
    expect(stream.status).toBe('open')
  })
})

describe('data', () => {
  it('is the payload of the last event, whatever its name', async () => {
    const { stream } = await start()
    expect(stream.data).toBeUndefined()
    await open('data: 1\n\nevent: tick\ndata: 2\n\n')
    expect(stream.data).toBe(2)
  })

  it('is initialData before the first event', async () => {
    const { stream } = await start({ initialData: 'none yet' })
    expect(stream.data).toBe('none yet')
    expect(stream.getSnapshot().data).toBe('none yet')
    await open('data: 1\n\n')
    expect(stream.data).toBe(1)
  })

  it('is what `reduce` makes of it and of each event, in order', async () => {
    const { stream } = await start({
      initialData: [] as unknown[],
      reduce: (data, { event, data: value }) => [...(data as unknown[]), [event, value]],
    })
    await open('data: 1\n\nevent: tick\ndata: 2\n\ndata: 3\n\n')
    expect(stream.data).toEqual([
      ['message', 1],
      ['tick', 2],
      ['message', 3],
    ])
  })

  it('goes on with `reduce` over reconnections, a pause, and a new opening', async () => {
    const { stream } = await start({ initialData: 0, reduce: (sum, { data }) => Number(sum) + Number(data) })
    await answer('data: 1\n\n')
    await pass(1000)
    await open('data: 10\n\n')
    stream.pause()
    stream.resume()
    await settle()
    await open('data: 100\n\n')
    stream.close()
    stream.open()
    await settle()
    await open('data: 1000\n\n')
    expect(stream.data).toBe(1111)
  })

  it('is reduced before anybody is told of the event', async () => {
    const seen: unknown[] = []
    const { stream } = await start({
      initialData: 0,
      reduce: (sum, { data }) => Number(sum) + Number(data),
      onEvent: () => seen.push(stream.data),
    })
    await open('data: 1\n\ndata: 2\n\n')
    expect(seen).toEqual([1, 3])
  })

  it('stays what it was where `reduce` throws, which is reported', async () => {
    const report = vi.spyOn(console, 'error').mockReturnValue()
    const failure = new Error('reduce')
    const { stream, log } = await start({
      initialData: 'before',
      reduce() {
        throw failure
      },
    })
    await open('data: 1\n\n')
    expect(report).toHaveBeenCalledExactlyOnceWith(failure)
    expect(stream.data).toBe('before')
    expect(log).toEqual(['open', 'message:1'])
  })

  it('may be undefined: a payload that is replaces what was before', async () => {
    const { stream } = await start({ initialData: 1, parse: () => undefined })
    await open('data: 1\n\n')
    expect(stream.data).toBeUndefined()
  })
})

describe('the end that the server announces', () => {
  it.each(['revoked', 'disconnected'])('is for good where the reason is `%s`', async (reason) => {
    const { stream, log } = await start()
    await open(`id: a\ndata: 1\n\n${bye(reason)}data: 2\n\n`)
    expect(stream).toMatchObject({
      status: 'closed',
      closeReason: 'revoked',
      error: { code: 'revoked' },
      lastEventId: 'a',
    })
    expect(log).toEqual(['open', 'message:1', 'close:revoked'])
    expect(server.last.isAbandoned).toBe(true)
    await pass(100_000)
    expect(server.exchanges).toHaveLength(1)
  })

  it.each(['timeout', 'drain', 'expired', 'later'])('is a lost connection where the reason is `%s`', async (reason) => {
    const { stream, log } = await start()
    await open(`retry: 5000\n\nid: a\ndata: 1\n\n${bye(reason)}data: 2\n\n`)
    expect(stream).toMatchObject({
      status: 'reconnecting',
      error: { code: 'disconnected', reason },
      nextRetryAt: 5000,
      lastEventId: 'a',
    })
    expect(log).toEqual(['open', 'message:1', 'error:disconnected'])
  })

  it('may be followed by a new life', async () => {
    const { stream } = await start()
    await open(`id: a\n\n${bye('revoked')}`)
    stream.open()
    await settle()
    expect(stream).toMatchObject({ status: 'connecting', closeReason: undefined })
    expect(server.last.header('Last-Event-ID')).toBe('a')
  })
})

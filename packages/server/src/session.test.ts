import { getEventListeners } from 'node:events'
import { describe, expect, it, vi } from 'vitest'
import { collectErrors } from '../test/collectErrors.ts'
import { useFakeTimers } from '../test/fakeTimers.ts'
import { readerOf, textOf, turn } from '../test/readStream.ts'
import { createSSEStream, type SSESession, type SSEStreamOptions } from './index.ts'
import { GRACE } from './session.ts'

const COMPLETE = 'event: sse.bye\ndata: {"reason":"complete"}\n\n'

useFakeTimers()

describe('a session', () => {
  /** A stream with a reader that has read its first event, and its session. */
  async function open(options?: SSEStreamOptions) {
    const opened = Promise.withResolvers<SSESession>()
    const stream = createSSEStream((session) => {
      session.json('open')
      opened.resolve(session)
    }, options)
    const reader = readerOf(stream)
    expect(await reader.next()).toBe('data: "open"\n\n')
    return { ...reader, session: await opened.promise }
  }

  it('ends with a last comment, once', async () => {
    const { next, session } = await open()
    session.json('last')
    session.close('so long\nand thanks')
    session.close('twice')
    expect(await next()).toBe(`data: "last"\n\n: so long\n: and thanks\n\n${COMPLETE}`)
    expect(await next()).toBeUndefined()
  })

  it('ends with an error event as its last word', async () => {
    const { next, session } = await open()
    expect(session.error('failed', 'No more', 402, { plan: 'free' })).toBe(true)
    expect(session.error('failed', 'No more')).toBe(false)
    expect(await next()).toBe(
      `event: failed\ndata: {"message":"No more","code":402,"details":{"plan":"free"}}\n\n${COMPLETE}`,
    )
  })

  it('leaves out what an error event does not say', async () => {
    const { next, session } = await open()
    session.error('error', 'No')
    expect(await next()).toBe(`event: error\ndata: {"message":"No"}\n\n${COMPLETE}`)
  })

  it('stays open when its last word cannot be sent', async () => {
    const { cancel, session } = await open()
    expect(() => session.error('a\nb', 'No')).toThrow('`event`')
    expect(session.json(1)).toBe(true)
    await cancel()
  })

  it('writes nothing after its end', async () => {
    const { next, session } = await open()
    session.close()
    expect([
      session.write({ data: 1 }),
      session.json(1),
      session.event('a', 1),
      session.comment('c'),
      session.id(1),
      session.retry(1),
      session.error('e', 'm'),
      session.json(10n),
    ]).toEqual(Array(8).fill(false))
    await expect(session.send({ data: 1 })).rejects.toMatchObject({ name: 'SSEError', code: 'closed' })
    void session.send({ data: 'dropped' })
    expect(await next()).toBe(COMPLETE)
  })

  it('throws for what cannot be sent, and goes on', async () => {
    const { next, session, cancel } = await open()
    expect(() => session.event('sse.hello', 1)).toThrow('reserved')
    expect(() => session.json(undefined)).toThrow('`data`')
    expect(() => session.id('a\0')).toThrow('`id`')
    expect(() => session.comment(1 as never)).toThrow('`comment`')
    await expect(session.send('text' as never)).rejects.toMatchObject({ code: 'invalid-event' })
    session.json('fine')
    expect(await next()).toBe('data: "fine"\n\n')
    await cancel()
  })

  it('lets its functions be taken apart, to be handed on', async () => {
    const { next, session } = await open()
    const { send, write, json, event, comment, id, retry, onClose, error, close, closed, signal } = session
    const ended = vi.fn<() => void>()
    onClose(ended)
    await send({ data: 1 })
    expect([write({ data: 2 }), event('a', 3), comment('c'), id(4), retry(5)]).toEqual(Array(5).fill(true))
    expect([6, 7].map(json)).toEqual([true, true])
    expect(error('failed', 'No')).toBe(true)
    close()
    await closed
    expect(ended).toHaveBeenCalledOnce()
    expect(signal.aborted).toBe(true)
    expect(await next()).toBe(
      'data: 1\n\ndata: 2\n\nevent: a\ndata: 3\n\n: c\n\nid: 4\n\nretry: 5\n\ndata: 6\n\ndata: 7\n\n' +
        `event: failed\ndata: {"message":"No"}\n\n${COMPLETE}`,
    )
  })

  it('ends by a `close` that was taken from it', async () => {
    const { next, session } = await open()
    queueMicrotask(session.close)
    expect(await next()).toBe(COMPLETE)
  })

  it('says once that it ended, whoever ended it', async () => {
    const { cancel, session } = await open()
    const log: string[] = []
    const { signal } = session
    signal.addEventListener('abort', () => log.push('signal'))
    session.onClose(() => {
      log.push('first')
      session.close()
    })
    session.onClose(() => log.push('second'))
    await cancel()
    session.close()
    await session.closed
    expect(log).toEqual(['signal', 'first', 'second'])
    session.onClose(() => log.push('late'))
    expect(log).toEqual(['signal', 'first', 'second', 'late'])
  })

  it('calls each close callback though others fail', async () => {
    const { errors, onError } = collectErrors()
    const { session, next } = await open({ onError })
    const called = vi.fn<() => void>()
    session.onClose(() => {
      throw new Error('sync')
    })
    session.onClose(async () => Promise.reject(new Error('async')))
    session.onClose(called)
    session.close()
    expect(await next()).toBe(COMPLETE)
    expect(called).toHaveBeenCalledOnce()
    expect(errors.map(([stage, error]) => [stage, (error.cause as Error).message])).toEqual([
      ['onClose', 'sync'],
      ['onClose', 'async'],
    ])
  })
})

describe('time', () => {
  it('sends a heartbeat every 15 seconds by default', async () => {
    const { next, cancel } = readerOf(createSSEStream(() => {}))
    const chunk = next()
    await turn()
    vi.advanceTimersByTime(14_999)
    await turn()
    vi.advanceTimersByTime(1)
    expect(await chunk).toBe(': heartbeat\n\n')
    await cancel()
  })

  it('sends the heartbeat that it is told to, or none', async () => {
    const { next, cancel } = readerOf(createSSEStream(() => {}, { heartbeat: { interval: 10, comment: 'a\nb' } }))
    const chunk = next()
    await turn()
    vi.advanceTimersByTime(10)
    expect(await chunk).toBe(': a\n: b\n\n')
    await cancel()
    const silent = readerOf(createSSEStream(() => {}, { heartbeat: false }))
    void silent.next()
    await turn()
    expect(vi.getTimerCount()).toBe(0)
    await silent.cancel()
  })

  it('sends no heartbeat to a reader that has stalled', async () => {
    const { next, cancel } = readerOf(createSSEStream((session) => void session.json(1), { heartbeat: 10 }))
    await next()
    vi.advanceTimersByTime(1000)
    const chunk = next()
    await turn()
    vi.advanceTimersByTime(10)
    expect(await chunk).toBe(': heartbeat\n\n')
    await cancel()
  })

  it('tells the reader its reconnection time first', async () => {
    expect(await textOf(createSSEStream(async (session) => void session.json(1), { retry: 0 }))).toBe(
      `retry: 0\n\ndata: 1\n\n${COMPLETE}`,
    )
  })

  it('ends a stream that has lasted long enough', async () => {
    const { next } = readerOf(createSSEStream(() => {}, { timeout: 1000 }))
    const chunk = next()
    await turn()
    vi.advanceTimersByTime(1000)
    expect(await chunk).toBe('event: sse.bye\ndata: {"reason":"timeout"}\n\n')
    expect(await next()).toBeUndefined()
  })

  it('forgets its limit when it ends before', async () => {
    expect(await textOf(createSSEStream(async () => {}, { timeout: 1000 }))).toBe(COMPLETE)
    expect(vi.getTimerCount()).toBe(0)
  })

  it('cuts off then a reader that has yet to take what a source left behind', async () => {
    const stream = createSSEStream(
      async (session) => {
        session.json(1)
        await turn()
        session.json(2)
      },
      { timeout: 1000 },
    )
    const { next } = readerOf(stream)
    expect(await next()).toBe('data: 1\n\n')
    await turn()
    await turn()
    vi.advanceTimersByTime(1000)
    expect(await next()).toBeUndefined()
  })

  it('lets go then of a reader that has its farewell and never asks for the end', async () => {
    const { signal } = new AbortController()
    const { next } = readerOf(createSSEStream(() => {}, { timeout: 1000, signal }))
    const chunk = next()
    await turn()
    vi.advanceTimersByTime(1000)
    expect(await chunk).toBe('event: sse.bye\ndata: {"reason":"timeout"}\n\n')
    expect(getEventListeners(signal, 'abort')).toHaveLength(1)
    vi.advanceTimersByTime(GRACE)
    await turn()
    expect(getEventListeners(signal, 'abort')).toEqual([])
    expect(await next()).toBeUndefined()
  })

  it('cuts off a stalled reader then', async () => {
    const ended = vi.fn<() => void>()
    const stream = createSSEStream(
      (session) => {
        session.json(1)
        session.onClose(ended)
      },
      { timeout: 1000 },
    )
    const { next } = readerOf(stream)
    await next()
    vi.advanceTimersByTime(1000)
    expect(ended).toHaveBeenCalledOnce()
    expect(await next()).toBeUndefined()
  })
})

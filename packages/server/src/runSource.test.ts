import { getEventListeners } from 'node:events'
import { describe, expect, it, vi } from 'vitest'
import { collectErrors } from '../test/collectErrors.ts'
import { useFakeTimers } from '../test/fakeTimers.ts'
import { readerOf, textOf, turn } from '../test/readStream.ts'
import { createSSEStream, isSSEError, type SSESession, type SSEStream, type SSEStreamOptions } from './index.ts'
import { HIGH_WATER_MARK } from './outbox.ts'

const COMPLETE = 'event: sse.bye\ndata: {"reason":"complete"}\n\n'

useFakeTimers()

describe('a stream that ends by itself', () => {
  it('says that its source failed, and nothing of how', async () => {
    const { errors, onError } = collectErrors()
    const secret = new Error('password is 1234')
    const stream = createSSEStream(
      async function* () {
        yield { data: 'before' }
        throw secret
      },
      { onError },
    )
    expect(await textOf(stream)).toBe('data: before\n\nevent: sse.bye\ndata: {"reason":"error","code":"internal"}\n\n')
    expect(errors).toEqual([['source', expect.objectContaining({ code: 'source', cause: secret })]])
  })

  it('says the code that the failure is mapped to', async () => {
    const { onError } = collectErrors()
    const fail = async () => Promise.reject(new RangeError('too much'))
    const mapError = (error: unknown) => (error instanceof RangeError ? { code: 'quota' } : undefined)
    expect(await textOf(createSSEStream(fail, { onError, mapError }))).toContain('"code":"quota"')
  })

  it('keeps a failure that is mapped from the console, and from nobody who asked for failures', async () => {
    const log = vi.spyOn(console, 'error').mockImplementation(() => {})
    const { errors, onError } = collectErrors()
    const fail = (error: Error) => async () => Promise.reject(error)
    const mapError = (error: unknown) => (error instanceof RangeError ? { code: 'quota' } : undefined)
    const foreseen = new RangeError('too much')
    await textOf(createSSEStream(fail(foreseen), { mapError }))
    expect(log).not.toHaveBeenCalled()
    await textOf(createSSEStream(fail(foreseen), { mapError, onError }))
    expect(errors).toEqual([['source', expect.objectContaining({ cause: foreseen })]])
    const bug = new TypeError('not a function')
    await textOf(createSSEStream(fail(bug), { mapError }))
    expect(log.mock.calls).toEqual([[expect.objectContaining({ cause: bug })]])
    log.mockRestore()
  })

  it.each([[{ code: 1n }], [{ code: 7 }], [{ code: undefined }], [{}], ['quota'], [null]])(
    'fails as internal where the mapping says no code: %o',
    async (mapped) => {
      const { errors, onError } = collectErrors()
      const fail = async () => Promise.reject(new Error('secret'))
      const stream = createSSEStream(fail, { onError, mapError: () => mapped as never })
      expect(await textOf(stream)).toContain('"code":"internal"')
      expect(errors.map(([stage]) => stage)).toEqual(['source'])
    },
  )

  it('fails as internal when the mapping fails, too', async () => {
    const { errors, onError } = collectErrors()
    const fail = (error: unknown) => {
      throw error
    }
    const stream = createSSEStream(() => fail(new Error('first')), {
      onError,
      mapError: () => fail(new Error('second')),
    })
    expect(await textOf(stream)).toContain('"code":"internal"')
    expect(errors.map(([stage, error]) => [stage, (error.cause as Error).message])).toEqual([
      ['source', 'first'],
      ['source', 'second'],
    ])
  })

  it.each([
    [
      'a yielded event',
      () =>
        (async function* () {
          yield { data: 10n }
        })(),
    ],
    ['a sent event', (session: SSESession) => session.send({ event: 'a\nb', data: 1 })],
    ['a written event', (session: SSESession) => void session.write({ retry: -1 })],
  ])('fails for %s that cannot be sent, and names its field', async (_, source) => {
    const { errors, onError } = collectErrors()
    const stream = createSSEStream(source, { onError })
    expect(await textOf(stream)).toContain('"reason":"error"')
    expect(errors).toEqual([['source', expect.objectContaining({ code: 'invalid-event', field: expect.any(String) })]])
  })

  it('fails for a source that returns something else', async () => {
    const { errors, onError } = collectErrors()
    const stream = createSSEStream((() => 'text') as never, { onError })
    expect(await textOf(stream)).toContain('"reason":"error"')
    expect(errors).toEqual([['source', expect.objectContaining({ cause: expect.any(TypeError) })]])
  })

  it('runs `return` of an iterator whose event cannot be sent', async () => {
    const { onError } = collectErrors()
    const cleanUp = vi.fn<() => void>()
    const stream = createSSEStream(
      async function* () {
        try {
          yield { data: undefined }
        } finally {
          cleanUp()
        }
      },
      { onError },
    )
    await textOf(stream)
    expect(cleanUp).toHaveBeenCalledOnce()
  })

  it('does not call `return` of an iterator that has finished', async () => {
    const iterator = { next: async () => ({ done: true as const, value: undefined }), return: vi.fn<() => never>() }
    await textOf(createSSEStream({ [Symbol.asyncIterator]: () => iterator }))
    expect(iterator.return).not.toHaveBeenCalled()
  })

  it('says nothing to foreign readers, and cuts a failure off after what was sent', async () => {
    const { onError } = collectErrors()
    expect(await textOf(createSSEStream(async (session) => void session.json(1), { bye: false }))).toBe('data: 1\n\n')
    const failing = createSSEStream(
      async (session) => {
        session.json(1)
        throw new Error('secret')
      },
      { bye: false, onError },
    )
    const { next } = readerOf(failing)
    expect(await next()).toBe('data: 1\n\n')
    await expect(next()).rejects.toMatchObject({ name: 'SSEError', code: 'source', message: 'The source failed.' })
  })

  it('lets a `send` through that nobody awaited', async () => {
    const stream = createSSEStream(
      async (session) => {
        for (let index = 0; index < 5; index++) void session.send({ data: 'x'.repeat(50) })
      },
      { maxBufferSize: 200 },
    )
    expect(await textOf(stream)).toBe(`data: ${'x'.repeat(50)}\n\n`.repeat(5) + COMPLETE)
  })

  it('reports to the console by default, and survives an onError that fails', async () => {
    const log = vi.spyOn(console, 'error').mockImplementation(() => {})
    const reason = new Error('onError')
    await textOf(createSSEStream(async () => Promise.reject(new Error('source'))))
    await textOf(
      createSSEStream(async () => Promise.reject(new Error('source')), {
        onError: () => {
          throw reason
        },
      }),
    )
    expect(log.mock.calls).toEqual([[expect.objectContaining({ code: 'source' })], [reason]])
    log.mockRestore()
  })
})

describe('a reader that leaves', () => {
  /** A generator that waits for ever, and says when it is cleaned up. */
  function endless(log: string[], options?: SSEStreamOptions): SSEStream {
    return createSSEStream(async function* ({ signal }) {
      try {
        yield { data: 'first' }
        await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)))
      } finally {
        log.push('finally')
      }
    }, options)
  }

  it('ends a generator that waits for its next event', async () => {
    const log: string[] = []
    const { errors, onError } = collectErrors()
    const { next, cancel } = readerOf(endless(log, { onError }))
    await next()
    await turn()
    await cancel()
    await turn()
    expect(log).toEqual(['finally'])
    expect(errors, 'a disconnect is no failure').toEqual([])
  })

  it('ends a generator that waits for room', async () => {
    const log: string[] = []
    const stream = createSSEStream(async function* () {
      try {
        for (;;) yield { data: 'x'.repeat(10_000) }
      } finally {
        log.push('finally')
      }
    })
    const { next, cancel } = readerOf(stream)
    await next()
    await turn()
    await cancel()
    await turn()
    expect(log).toEqual(['finally'])
  })

  it.each(['signal', 'request'] as const)('is told by the `%s`, whose listener does not stay', async (option) => {
    const log: string[] = []
    const controller = new AbortController()
    const { signal } = controller
    const { next } = readerOf(endless(log, { [option]: option === 'signal' ? signal : { headers: {}, signal } }))
    expect(await next()).toBe('data: first\n\n')
    expect(getEventListeners(signal, 'abort')).toHaveLength(1)
    controller.abort()
    expect(await next()).toBeUndefined()
    expect(log).toEqual(['finally'])
    expect(getEventListeners(signal, 'abort')).toEqual([])
  })

  it('leaves no listener on signals when the stream ends by itself', async () => {
    const { signal } = new AbortController()
    await textOf(createSSEStream(async () => {}, { signal, request: { headers: {}, signal } }))
    expect(getEventListeners(signal, 'abort')).toEqual([])
  })

  it('calls `return` at once for a source that ignores its signal', async () => {
    const returned = vi.fn<() => Promise<{ done: true; value: undefined }>>(async () => ({
      done: true,
      value: undefined,
    }))
    const iterator = { next: () => new Promise<never>(() => {}), return: returned }
    const { next, cancel } = readerOf(createSSEStream({ [Symbol.asyncIterator]: () => iterator }))
    void next()
    await turn()
    await cancel()
    expect(returned).toHaveBeenCalledOnce()
  })

  it('drops what such a source produces afterwards', async () => {
    const pending = Promise.withResolvers<void>()
    const { errors, onError } = collectErrors()
    const session = Promise.withResolvers<SSESession>()
    const stream = createSSEStream(
      async function* (given) {
        session.resolve(given)
        yield { data: 1 }
        await pending.promise
        yield { data: 2 }
        yield { data: 3 }
      },
      { onError },
    )
    const { next, cancel } = readerOf(stream)
    await next()
    await cancel()
    pending.resolve()
    await turn()
    const { write } = await session.promise.then((given) => ({ write: () => given.write({ data: 4 }) }))
    expect(write()).toBe(false)
    expect(errors).toEqual([])
  })

  it('reports a clean-up that fails', async () => {
    const { errors, onError } = collectErrors()
    const reason = new Error('finally')
    const stream = createSSEStream(
      async function* () {
        try {
          for (;;) yield { data: 1 }
        } finally {
          // eslint-disable-next-line no-unsafe-finally -- the failure under test
          throw reason
        }
      },
      { onError },
    )
    const { next, cancel } = readerOf(stream)
    await next()
    await cancel()
    await turn()
    expect(errors).toEqual([['cleanup', expect.objectContaining({ code: 'cleanup', cause: reason })]])
  })

  it('reports a cleanup function that throws', async () => {
    const { errors, onError } = collectErrors()
    const reason = new Error('cleanup')
    const stream = createSSEStream(
      (session) => {
        session.json(1)
        return () => {
          throw reason
        }
      },
      { onError },
    )
    const { next, cancel } = readerOf(stream)
    await next()
    await cancel()
    expect(errors).toEqual([['cleanup', expect.objectContaining({ cause: reason })]])
  })

  it('reports a source that fails for another reason', async () => {
    const { errors, onError } = collectErrors()
    const stream = createSSEStream(
      async (session) => {
        session.json(1)
        await session.closed
        throw new Error('after')
      },
      { onError },
    )
    const { next, cancel } = readerOf(stream)
    await next()
    await cancel()
    await turn()
    expect(errors).toEqual([['cleanup', expect.objectContaining({ code: 'cleanup' })]])
  })

  it('asks of such a failure, too, whether it was foreseen', async () => {
    const log = vi.spyOn(console, 'error').mockImplementation(() => {})
    const mapError = vi.fn<() => { code: string }>(() => ({ code: 'quota' }))
    const foreseen = new Error('too much')
    const stream = createSSEStream(
      async (session) => {
        session.json(1)
        await session.closed
        throw foreseen
      },
      { mapError },
    )
    const { next, cancel } = readerOf(stream)
    await next()
    await cancel()
    await turn()
    expect(mapError).toHaveBeenCalledExactlyOnceWith(foreseen)
    expect(log).not.toHaveBeenCalled()
    log.mockRestore()
  })

  it('rejects the `send` that waits', async () => {
    const log: unknown[] = []
    const note = (error: unknown) => log.push(isSSEError(error) && error.code)
    const stream = createSSEStream(async (session) => {
      await session.send({ data: 'x'.repeat(HIGH_WATER_MARK) })
      await session.send({ data: 'x'.repeat(HIGH_WATER_MARK) }).catch(note)
      await session.send({ data: 1 }).catch(note)
    })
    const { next, cancel } = readerOf(stream)
    await next()
    await turn()
    await cancel()
    await turn()
    expect(log).toEqual(['closed', 'closed'])
  })
})

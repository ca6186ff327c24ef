import { PassThrough } from 'node:stream'
import { describe, expect, it, vi } from 'vitest'
import { collectErrors } from '../test/collectErrors.ts'
import { readerOf, textOf, turn } from '../test/readStream.ts'
import {
  createSSEStream,
  type SSEEvent,
  type SSEObserver,
  type SSESession,
  type SSESource,
  type SSEStream,
  type SSEStreamOptions,
} from './index.ts'

const COMPLETE = 'event: sse.bye\ndata: {"reason":"complete"}\n\n'
const FAILED = 'event: sse.bye\ndata: {"reason":"error","code":"internal"}\n\n'

function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text)
}

function streamOf(...events: SSEEvent[]): ReadableStream<SSEEvent> {
  return new ReadableStream({
    pull(controller) {
      const event = events.shift()
      if (event) controller.enqueue(event)
      else controller.close()
    },
  })
}

/** A subject as RxJS has it, and whether somebody observes it. */
function subject<T>() {
  const observers = new Set<SSEObserver<T>>()
  const subscribe = (observer: SSEObserver<T>) => {
    observers.add(observer)
    return { unsubscribe: () => observers.delete(observer) }
  }
  return { subscribe, observers, next: (value: T) => observers.forEach((observer) => observer.next(value)) }
}

describe('a ReadableStream', () => {
  it('of events is a source', async () => {
    expect(await textOf(createSSEStream(streamOf({ data: 1 }, { event: 'a', data: 2 })))).toBe(
      `data: 1\n\nevent: a\ndata: 2\n\n${COMPLETE}`,
    )
    expect(await textOf(createSSEStream(() => streamOf({ data: 1 })))).toBe(`data: 1\n\n${COMPLETE}`)
  })

  it('is cancelled at once when the reader leaves, also while it waits', async () => {
    const cancel = vi.fn<() => void>()
    const stream = createSSEStream(
      new ReadableStream<SSEEvent>({ start: (controller) => controller.enqueue({ data: 1 }), cancel }),
    )
    const { next, cancel: leave } = readerOf(stream)
    expect(await next()).toBe('data: 1\n\n')
    await leave()
    expect(cancel).toHaveBeenCalledOnce()
  })

  it('that fails is a source that fails', async () => {
    const { errors, onError } = collectErrors()
    const failure = new Error('upstream')
    const stream = createSSEStream(new ReadableStream<SSEEvent>({ pull: (controller) => controller.error(failure) }), {
      onError,
    })
    expect(await textOf(stream)).toBe(FAILED)
    expect(errors).toMatchObject([['source', { code: 'source', cause: failure }]])
  })
})

describe('bytes', () => {
  const upstream = '\uFEFF: hi\r\n\r\nid: 1\rdata: é𝄞\r\rdata: a\ndata: b\n\nevent: x\ndata: {"y":1}\n\n'

  it('are passed on as they are, however they are cut', async () => {
    const bytes = bytesOf(upstream)
    for (let size = 1; size <= bytes.length; size++) {
      const stream = createSSEStream(async function* () {
        for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size)
      })
      expect(await textOf(stream), `pieces of ${size}`).toBe(upstream.slice(1) + COMPLETE)
    }
  })

  it('leave an event at a time, and an unfinished one not at all', async () => {
    const { writable, readable } = new TransformStream<Uint8Array, Uint8Array>()
    const writer = writable.getWriter()
    const { next } = readerOf(createSSEStream(readable))
    const first = next()
    await writer.write(bytesOf('data: 1\n\ndata'))
    expect(await first).toBe('data: 1\n\n')
    const second = next()
    await writer.write(bytesOf(': 2\n\ndata: unfinished\n'))
    expect(await second).toBe('data: 2\n\n')
    await writer.close()
    expect(await next()).toBe(COMPLETE)
  })

  it('that never end an event are bounded', async () => {
    const { errors, onError } = collectErrors()
    const stream = createSSEStream(
      async function* () {
        for (;;) yield bytesOf('data: x\n')
      },
      { maxBufferSize: 1000, onError },
    )
    expect(await textOf(stream)).toBe(FAILED)
    expect(errors).toMatchObject([['source', { code: 'overflow' }]])
  })
})

describe('an iterable with `destroy()`, as a Readable of node', () => {
  it('is destroyed at once when the reader leaves while it waits, which is no failure', async () => {
    const { errors, onError } = collectErrors()
    const readable = new PassThrough()
    readable.write('data: 1\n\n')
    const { next, cancel } = readerOf(createSSEStream(readable, { onError }))
    expect(await next()).toBe('data: 1\n\n')
    await turn()
    await cancel()
    expect(readable.destroyed).toBe(true)
    await turn()
    expect(errors).toEqual([])
  })

  it('is destroyed where its stream never starts, or fails', async () => {
    const { errors, onError } = collectErrors()
    const unread = new PassThrough()
    await createSSEStream(unread).cancel()
    expect(unread.destroyed).toBe(true)
    const texts = new PassThrough({ encoding: 'utf8' })
    texts.write('data: 1\n\n')
    expect(await textOf(createSSEStream(texts, { onError }))).toBe(FAILED)
    expect(texts.destroyed).toBe(true)
    expect(errors).toMatchObject([['source', { code: 'invalid-event' }]])
  })

  it('is a source that fails where it fails by itself', async () => {
    const { errors, onError } = collectErrors()
    const failure = new Error('upstream')
    const readable = new PassThrough()
    const text = textOf(createSSEStream(readable, { onError }))
    await turn()
    readable.destroy(failure)
    expect(await text).toBe(FAILED)
    expect(errors).toMatchObject([['source', { code: 'source', cause: failure }]])
  })
})

describe('an observable', () => {
  it('is a source: what it emits, to its end', async () => {
    const unsubscribe = vi.fn<() => void>()
    const observable = {
      subscribe(observer: SSEObserver<{ data: number }>) {
        observer.next({ data: 1 })
        observer.next({ data: 2 })
        observer.complete()
        observer.next({ data: 3 })
        return { unsubscribe }
      },
    }
    expect(await textOf(createSSEStream(observable))).toBe(`data: 1\n\ndata: 2\n\n${COMPLETE}`)
    expect(unsubscribe).toHaveBeenCalled()
  })

  it('is found by `Symbol.observable`, and may be returned by a callback', async () => {
    const { subscribe } = { subscribe: (observer: SSEObserver<{ data: number }>) => (observer.complete(), () => {}) }
    const interop = { '@@observable': () => ({ subscribe }) }
    expect(await textOf(createSSEStream(interop as never))).toBe(COMPLETE)
    expect(await textOf(createSSEStream(() => ({ subscribe })))).toBe(COMPLETE)
  })

  it('that fails is a source that fails', async () => {
    const { errors, onError } = collectErrors()
    const failure = new Error('secret')
    const subscribe = (observer: SSEObserver<{ data: number }>) => (observer.error(failure), () => {})
    expect(await textOf(createSSEStream({ subscribe }, { onError }))).toBe(FAILED)
    expect(errors).toMatchObject([['source', { cause: failure }]])
  })

  it('is unsubscribed from when the reader leaves', async () => {
    const ticks = subject<{ data: number }>()
    const { next, cancel } = readerOf(createSSEStream(ticks))
    const first = next()
    await turn()
    ticks.next({ data: 1 })
    expect(await first).toBe('data: 1\n\n')
    await cancel()
    expect(ticks.observers.size).toBe(0)
  })

  it('ends as failed where it overflows the buffer or emits what cannot be sent', async () => {
    const { errors, onError } = collectErrors()
    for (const data of ['x'.repeat(600), 1n]) {
      const ticks = subject<{ data: unknown }>()
      const text = textOf(createSSEStream(ticks, { maxBufferSize: 1000, onError }))
      await turn()
      ticks.next({ data })
      ticks.next({ data })
      expect(await text).toContain(FAILED)
      expect(ticks.observers.size).toBe(0)
    }
    expect(errors).toMatchObject([
      ['source', { code: 'overflow' }],
      ['source', { code: 'invalid-event' }],
    ])
  })

  it('is told of by its cap where it overflows that at once', async () => {
    const { errors, onError } = collectErrors()
    const subscribe = (observer: SSEObserver<{ data: string }>) => {
      for (let count = 0; count < 100; count++) observer.next({ data: 'x'.repeat(100) })
      return () => {}
    }
    expect(await textOf(createSSEStream({ subscribe }, { maxBufferSize: 1000, onError }))).toContain(FAILED)
    expect(errors).toMatchObject([['source', { code: 'overflow', message: expect.stringContaining('1000 bytes') }]])
  })

  it.each(['emits what cannot be sent', 'completes', 'fails'])(
    'hears nothing of a clean-up that fails where it %s',
    async (end) => {
      const failure = new Error('unsubscribe')
      const observers: SSEObserver<{ data: unknown }>[] = []
      const unsubscribe = () => {
        throw failure
      }
      for (const isSync of [false, true]) {
        const { errors, onError } = collectErrors()
        const emit = (observer: SSEObserver<{ data: unknown }>) => {
          if (end === 'completes') observer.complete()
          else if (end === 'fails') observer.error('reason')
          else observer.next({ data: 1n })
        }
        const subscribe = (observer: SSEObserver<{ data: unknown }>) => {
          observers.push(observer)
          if (isSync) emit(observer)
          return { unsubscribe }
        }
        const text = textOf(createSSEStream({ subscribe }, { onError }))
        await turn()
        if (!isSync) emit(observers.at(-1)!)
        expect(await text).toBe(end === 'completes' ? COMPLETE : FAILED)
        expect(errors.at(-1)).toMatchObject(['cleanup', { code: 'cleanup', cause: failure }])
        expect(errors).toHaveLength(end === 'completes' ? 1 : 2)
      }
    },
  )
})

describe('an async function', () => {
  async function* ticks() {
    yield { data: 1 }
  }

  it.each<[string, SSESource]>([
    ['an async iterable', async () => ticks()],
    ['a ReadableStream', async () => streamOf({ data: 1 })],
    ['bytes', async () => new Response('data: 1\n\n').body!],
    ['an observable', async () => ({ subscribe: (o) => (o.next({ data: 1 }), o.complete(), () => {}) })],
    ['nothing, once it has written', async (session) => void session.json(1)],
  ])('may return %s', async (_, source) => {
    expect(await textOf(createSSEStream(source))).toBe(`data: 1\n\n${COMPLETE}`)
  })

  it('that returns a clean-up function leaves the stream open until its close', async () => {
    const cleanUp = vi.fn<() => void>()
    const opened = Promise.withResolvers<SSESession>()
    const stream = createSSEStream(async (session) => {
      session.json(1)
      opened.resolve(session)
      return cleanUp
    })
    const { next } = readerOf(stream)
    expect(await next()).toBe('data: 1\n\n')
    const session = await opened.promise
    await turn()
    expect(session.json(2)).toBe(true)
    expect(cleanUp).not.toHaveBeenCalled()
    session.close()
    expect(cleanUp).toHaveBeenCalledOnce()
    expect(await next()).toBe(`data: 2\n\n${COMPLETE}`)
  })

  it('fails where it returns something else', async () => {
    const { errors, onError } = collectErrors()
    const source = (async () => 'text') as never
    expect(await textOf(createSSEStream(source, { onError }))).toBe(FAILED)
    expect(errors).toMatchObject([['source', { cause: { name: 'TypeError' } }]])
  })

  it('whose reader has left meanwhile lets go of what it returns, and follows nothing', async () => {
    const cancel = vi.fn<() => void>()
    const cleanUp = vi.fn<() => void>()
    const subscribe = vi.fn<() => () => void>()
    const returned = [new ReadableStream<SSEEvent>({ cancel }), cleanUp, { subscribe }]
    for (const value of returned) {
      const asked = Promise.withResolvers<typeof value>()
      const { next, cancel: leave } = readerOf(createSSEStream(() => asked.promise))
      void next()
      await turn()
      await leave()
      asked.resolve(value)
      await turn()
    }
    expect(cancel).toHaveBeenCalledOnce()
    expect(cleanUp).toHaveBeenCalledOnce()
    expect(subscribe).not.toHaveBeenCalled()
  })
})

describe('a source whose stream never starts', () => {
  const request = { headers: { accept: 'text/html' } }
  const refusal = () => new Response(null, { status: 403 })

  it.each<[string, SSEStreamOptions, (stream: SSEStream) => unknown]>([
    ['is cancelled', {}, (stream) => stream.cancel()],
    ['is cancelled as a response', {}, (stream) => stream.toResponse().body!.cancel()],
    ['is refused by `accept`', { accept: true, request }, (stream) => stream.respond()],
    ['is refused by `prepare`', { prepare: refusal }, (stream) => stream.respond()],
    ['has a signal that has aborted', { signal: AbortSignal.abort() }, (stream) => textOf(stream)],
  ])('is let go where that %s', async (_, options, end) => {
    const { errors, onError } = collectErrors()
    const cancel = vi.fn<() => void>()
    await end(createSSEStream(new ReadableStream<SSEEvent>({ cancel }), { ...options, onError }))
    await turn()
    expect(cancel).toHaveBeenCalledOnce()

    const iterator = { next: vi.fn<() => never>(), return: vi.fn<() => never>() }
    await end(createSSEStream({ [Symbol.asyncIterator]: () => iterator }, { ...options, onError }))
    await turn()
    expect(iterator.return).toHaveBeenCalledOnce()
    expect(iterator.next).not.toHaveBeenCalled()

    const begin = vi.fn<() => never>()
    await end(createSSEStream(begin, { ...options, onError }))
    await end(createSSEStream({ subscribe: begin }, { ...options, onError }))
    await turn()
    expect(begin).not.toHaveBeenCalled()
    expect(errors).toEqual([])
  })

  it('tells `onError` what fails then', async () => {
    const { errors, onError } = collectErrors()
    const failure = new Error('upstream')
    const cancel = () => Promise.reject(failure)
    await createSSEStream(new ReadableStream<SSEEvent>({ cancel }), { onError }).cancel()
    await turn()
    expect(errors).toMatchObject([['cleanup', { code: 'cleanup', cause: failure }]])
  })
})

describe('`until`', () => {
  it('ends the stream as complete after the event for which it returns true', async () => {
    const log: unknown[] = []
    const stream = createSSEStream(
      async function* () {
        try {
          yield { id: 1 }
          for (let n = 1; ; n++) yield { data: n }
        } finally {
          log.push('finally')
        }
      },
      { until: ({ data }) => (log.push(data), data === 3) },
    )
    expect(await textOf(stream)).toBe(`id: 1\n\ndata: 1\n\ndata: 2\n\ndata: 3\n\n${COMPLETE}`)
    expect(log).toEqual([1, 2, 3, 'finally'])
  })

  it('sees what a callback writes, as it was given', async () => {
    const written: boolean[] = []
    const stream = createSSEStream(
      (session: SSESession) => {
        written.push(session.json({ done: false }), session.json({ done: true }), session.json('after'))
      },
      { until: ({ data }) => (data as { done: boolean }).done },
    )
    expect(await textOf(stream)).toBe(`data: {"done":false}\n\ndata: {"done":true}\n\n${COMPLETE}`)
    expect(written).toEqual([true, true, false])
  })

  it('does not see an event that was not taken', async () => {
    const opened = Promise.withResolvers<SSESession>()
    const until = vi.fn<(event: SSEEvent) => boolean>(({ data }) => data === 'last')
    const { next } = readerOf(createSSEStream(opened.resolve, { maxBufferSize: 20, until }))
    const first = next()
    const session = await opened.promise
    session.json('first')
    await first
    const waits = session.send({ data: 'x'.repeat(100) })
    await expect(session.send({ data: 'last' })).rejects.toMatchObject({ code: 'overflow' })
    expect(session.json('last')).toBe(false)
    expect(until.mock.calls.map(([{ data }]) => data)).toEqual(['first', 'x'.repeat(100)])
    expect(await next()).toBe(`data: ${'x'.repeat(100)}\n\n`)
    await waits
    session.close()
    expect(await next()).toBe(COMPLETE)
  })

  it('that throws ends the stream as failed', async () => {
    const { errors, onError } = collectErrors()
    const until = () => {
      throw new Error('secret')
    }
    const stream = createSSEStream(streamOf({ data: 1 }, { data: 2 }), { until, onError })
    expect(await textOf(stream)).toBe(`data: 1\n\n${FAILED}`)
    expect(errors).toMatchObject([['source', { code: 'source' }]])
  })

  it('is refused by name where it is no function', () => {
    expect(() => createSSEStream(() => {}, { until: 5 as never })).toThrow(/^Expected `until` to be a function/)
  })
})

it('beats faster on Bun, which closes what is silent for 10 seconds', async () => {
  const { HEARTBEAT } = await import('./streamSettings.ts')
  expect(HEARTBEAT).toBe(15_000)
  vi.stubGlobal('Bun', {})
  vi.resetModules()
  try {
    expect((await import('./streamSettings.ts')).HEARTBEAT).toBe(8_000)
  } finally {
    vi.unstubAllGlobals()
    vi.resetModules()
  }
})

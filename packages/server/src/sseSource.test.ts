import { describe, expect, it, vi } from 'vitest'
import { collectErrors } from '../test/collectErrors.ts'
import { readerOf, textOf, turn } from '../test/readStream.ts'
import { createSSEStream, type SSEEvent, type SSEObserver, type SSESession } from './index.ts'

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

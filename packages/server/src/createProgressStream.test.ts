import { describe, expect, expectTypeOf, it, vi } from 'vitest'
import {
  createProgressStream,
  type Progress,
  type ProgressEvents,
  type ProgressStreamOptions,
  type ProgressTaskContext,
  type SSEError,
  type UpdateProgress,
} from './index.ts'
import { useFakeTimers } from '../test/fakeTimers.ts'
import { readerOf, type StreamReader, textOf, turn } from '../test/readStream.ts'
import { parseStrictly } from '../test/strictParser.ts'

const BYE = ['sse.bye', { reason: 'complete' }]

useFakeTimers()

function eventsIn(text: string | undefined): unknown[] {
  return parseStrictly(text ?? '').events.map(({ type, data }) => [type, JSON.parse(data) as unknown])
}

/** A task in the hands of the test, whose stream is being read. */
async function run(
  options?: ProgressStreamOptions,
): Promise<StreamReader & ProgressTaskContext & { update: UpdateProgress; finish: PromiseWithResolvers<unknown> }> {
  const started = Promise.withResolvers<ProgressTaskContext & { update: UpdateProgress }>()
  const finish = Promise.withResolvers<unknown>()
  const reader = readerOf(
    createProgressStream((update, context) => {
      started.resolve({ update, ...context })
      update(0)
      return finish.promise
    }, options),
  )
  expect(eventsIn(await reader.next())).toEqual([['progress', { percent: 0 }]])
  return { ...reader, ...(await started.promise), finish }
}

describe('a progress stream', () => {
  it('follows a task to its result', async () => {
    const stream = createProgressStream(async (update) => {
      update(10, 'Resizing')
      update(40)
      return { url: '/x' }
    })
    expect(eventsIn(await textOf(stream))).toEqual([
      ['progress', { percent: 10, message: 'Resizing' }],
      ['progress', { percent: 40, message: 'Resizing' }],
      ['complete', { result: { url: '/x' } }],
      BYE,
    ])
  })

  it('completes without a result', async () => {
    expect(eventsIn(await textOf(createProgressStream(() => {})))).toEqual([['complete', {}], BYE])
  })

  it('sends the newest state at most once per 50 ms', async () => {
    const { next, update, finish } = await run()
    for (let percent = 1; percent <= 30; percent++) update(percent)
    const chunk = next()
    vi.advanceTimersByTime(49)
    update(31)
    vi.advanceTimersByTime(1)
    expect(eventsIn(await chunk)).toEqual([['progress', { percent: 31 }]])
    vi.advanceTimersByTime(1000)
    const later = next()
    update(50)
    expect(eventsIn(await later), 'at once after a pause').toMatchObject([['progress', { percent: 50 }]])
    finish.resolve(1)
    expect(eventsIn(await next())).toEqual([['complete', { result: 1 }], BYE])
  })

  it('sends the last state before the end, however soon', async () => {
    const { next, update, finish } = await run()
    update({ loaded: 1, total: 2 })
    finish.resolve('done')
    expect(eventsIn(await next())).toEqual([
      ['progress', { percent: 50, loaded: 1, total: 2 }],
      ['complete', { result: 'done' }],
      BYE,
    ])
    expect(await next()).toBeUndefined()
  })

  it('gives a slow reader the newest state, not a queue of old ones', async () => {
    const { next, update, finish } = await run()
    for (let percent = 1; percent <= 90; percent++) {
      update(percent)
      vi.advanceTimersByTime(50)
    }
    const chunk = next()
    await turn()
    vi.advanceTimersByTime(50)
    expect(eventsIn(await chunk)).toEqual([['progress', expect.objectContaining({ percent: 90 })]])
    finish.resolve(0)
    expect(eventsIn(await next())).toEqual([['complete', { result: 0 }], BYE])
  })

  it('tells rate and time left of an upload', async () => {
    const { next, update, finish } = await run()
    update({ loaded: 0, total: 1000 })
    let progress: Progress = {}
    for (let loaded = 50; loaded <= 500; loaded += 50) {
      const chunk = next()
      update({ loaded })
      vi.advanceTimersByTime(50)
      ;[[, progress]] = eventsIn(await chunk) as [[string, Progress]]
    }
    expect(progress).toMatchObject({ percent: 50, loaded: 500, total: 1000, rate: 1000, timeLeft: 500 })
    finish.resolve(null)
    await next()
  })
})

describe('a task that begins again', () => {
  it('forgets all that it has reported', async () => {
    const { next, update, restart, finish } = await run()
    const before = next()
    update({ loaded: 60, total: 100, message: 'Sending' })
    vi.advanceTimersByTime(50)
    expect(eventsIn(await before)).toMatchObject([['progress', { percent: 60 }]])
    const after = next()
    restart()
    vi.advanceTimersByTime(50)
    expect(eventsIn(await after)).toEqual([['progress', {}]])
    const again = next()
    update({ loaded: 1, total: 50 })
    vi.advanceTimersByTime(50)
    expect(eventsIn(await again)).toEqual([['progress', { percent: 2, loaded: 1, total: 50 }]])
    finish.resolve(1)
    await next()
  })

  it('tells one lower state where it goes on at once', async () => {
    const { next, update, restart, finish } = await run()
    const before = next()
    update(60, 'Sending')
    vi.advanceTimersByTime(50)
    await before
    const chunk = next()
    update(70)
    restart()
    update(5, 'Sending again')
    vi.advanceTimersByTime(50)
    expect(eventsIn(await chunk)).toEqual([['progress', { percent: 5, message: 'Sending again' }]])
    finish.resolve(1)
    await next()
  })

  it('does not count its first attempt into rate and time left', async () => {
    const { next, update, restart, finish } = await run()
    let progress: Progress = {}
    const step = async (loaded: number) => {
      const chunk = next()
      update({ loaded, total: 10_000 })
      vi.advanceTimersByTime(50)
      ;[[, progress]] = eventsIn(await chunk) as [[string, Progress]]
    }
    for (let loaded = 0; loaded <= 5000; loaded += 500) await step(loaded)
    expect(progress.rate).toBe(10_000)
    restart()
    for (let loaded = 0; loaded <= 50; loaded += 5) await step(loaded)
    expect(progress).toMatchObject({ rate: 100, timeLeft: 99_500 })
    finish.resolve(1)
    await next()
  })

  it('is told of also where it ends at once', async () => {
    const { next, update, restart, finish } = await run({ mapError: () => ({ code: 'gone' }) })
    update(60)
    restart()
    finish.reject(new Error('no'))
    expect(eventsIn(await next())).toEqual([
      ['progress', {}],
      ['error', { code: 'gone', message: 'The task failed.' }],
      BYE,
    ])
  })
})

describe('a report that makes no sense', () => {
  it.each([Number.NaN, Infinity, '50', 50n, null, undefined, Symbol('50')])(
    'is left out, and its message is not: %o',
    async (bad) => {
      const stream = createProgressStream((update) => {
        update(40)
        update(bad as never, 'Resizing')
      })
      expect(eventsIn(await textOf(stream))).toMatchObject([
        ['progress', { percent: 40 }],
        ['progress', { percent: 40, message: 'Resizing' }],
        ['complete', {}],
        BYE,
      ])
    },
  )

  it('is no event, and no failure', async () => {
    const unreadable = {
      get percent() {
        throw new Error('getter')
      },
    }
    for (const bad of [Number.NaN, undefined, {}, { percent: '50', loaded: -1, total: Infinity }, unreadable]) {
      const stream = createProgressStream((update) => update(bad as never))
      expect(eventsIn(await textOf(stream))).toEqual([['complete', {}], BYE])
    }
  })

  it('goes nowhere after the end', async () => {
    const { next, update, restart, finish } = await run()
    finish.resolve(1)
    expect(eventsIn(await next())).toEqual([['complete', { result: 1 }], BYE])
    update(50)
    restart()
    vi.advanceTimersByTime(100)
    expect(await next()).toBeUndefined()
    update(60)
  })
})

describe('a task that fails', () => {
  it('ends in an error that says nothing, and is not to be run again', async () => {
    const errors: [string, SSEError][] = []
    const { next, update, finish } = await run({ onError: (error, { stage }) => void errors.push([stage, error]) })
    const secret = new Error('password is 1234')
    update(7)
    finish.reject(secret)
    expect(eventsIn(await next())).toEqual([
      ['progress', { percent: 7 }],
      ['error', { code: 'internal', message: 'The task failed.' }],
      BYE,
    ])
    expect(errors).toEqual([['source', expect.objectContaining({ code: 'source', cause: secret })]])
  })

  it('says what its failure is mapped to', async () => {
    const mapError = (error: unknown) =>
      error instanceof RangeError ? { code: 'too-large', message: error.message } : { code: 'other' }
    const onError = () => {}
    const fail = (error: Error) =>
      textOf(createProgressStream(async () => Promise.reject(error), { mapError, onError }))
    expect(eventsIn(await fail(new RangeError('At most 2 GB.')))).toEqual([
      ['error', { code: 'too-large', message: 'At most 2 GB.' }],
      BYE,
    ])
    expect(eventsIn(await fail(new Error('secret')))).toEqual([
      ['error', { code: 'other', message: 'The task failed.' }],
      BYE,
    ])
  })

  it('says what it says by default where its failure is mapped to something else', async () => {
    for (const mapped of [{ code: 1n, message: 2n }, { code: 'quota', message: 7 }, { message: 'no code' }]) {
      const options: ProgressStreamOptions = { mapError: () => mapped as never, onError: () => {} }
      const events = eventsIn(await textOf(createProgressStream(async () => Promise.reject(new Error('no')), options)))
      const code = mapped.code === 'quota' ? 'quota' : 'internal'
      expect(events).toEqual([['error', { code, message: 'The task failed.' }], BYE])
    }
  })

  it('fails at once when it throws', async () => {
    const stream = createProgressStream(
      () => {
        throw new Error('sync')
      },
      { onError: () => {} },
    )
    expect(eventsIn(await textOf(stream))).toEqual([['error', expect.objectContaining({ code: 'internal' })], BYE])
  })

  it('fails when its result cannot be sent', async () => {
    const circular: { self?: unknown } = {}
    circular.self = circular
    for (const result of [10n, circular]) {
      const onError = vi.fn<(error: SSEError) => void>()
      expect(eventsIn(await textOf(createProgressStream(() => result, { onError })))).toEqual([
        ['error', expect.objectContaining({ code: 'internal' })],
        BYE,
      ])
      expect(onError).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ code: 'invalid-event' }), {
        stage: 'source',
      })
    }
  })

  it('keeps a failure that is mapped from the console', async () => {
    const log = vi.spyOn(console, 'error').mockImplementation(() => {})
    const mapError = (error: unknown) => (error instanceof RangeError ? { code: 'too-large' } : undefined)
    const fail = (error: Error) => textOf(createProgressStream(async () => Promise.reject(error), { mapError }))
    await fail(new RangeError('At most 2 GB.'))
    expect(log).not.toHaveBeenCalled()
    const bug = new TypeError('not a function')
    await fail(bug)
    expect(log.mock.calls).toEqual([[expect.objectContaining({ code: 'source', cause: bug })]])
    log.mockRestore()
  })

  it('says what it says by default where the mapping fails, too', async () => {
    const onError = vi.fn<(error: SSEError) => void>()
    const mapError = () => {
      throw new Error('second')
    }
    const stream = createProgressStream(async () => Promise.reject(new Error('first')), { mapError, onError })
    expect(eventsIn(await textOf(stream))).toEqual([['error', expect.objectContaining({ code: 'internal' })], BYE])
    expect(onError.mock.calls.map(([error]) => (error.cause as Error).message)).toEqual(['first', 'second'])
  })

  it('is refused when it is no function', () => {
    expect(() => createProgressStream('task' as never)).toThrow(TypeError)
    expect(() => createProgressStream(() => {}, { heartbeat: -1 })).toThrow('`heartbeat`')
  })

  it.for(['events', 'until', 'mapErrors'])('is refused with an option that there is not: %s', (option) => {
    expect(() => createProgressStream(() => {}, { [option]: () => false })).toThrow(
      /^Expected the options of a progress stream to be among .*, got "/,
    )
  })
})

describe('a task whose reader leaves', () => {
  it('is told by its signal, and its updates go nowhere', async () => {
    const onError = vi.fn<() => void>()
    const { cancel, update, signal, finish } = await run({ onError })
    vi.advanceTimersByTime(100)
    await cancel()
    expect(signal.aborted).toBe(true)
    for (let percent = 11; percent < 20; percent++) {
      update(percent)
      vi.advanceTimersByTime(50)
    }
    finish.reject(signal.reason)
    await turn()
    expect(onError).not.toHaveBeenCalled()
  })

  it('is told by the signal of the options, too', async () => {
    const onError = vi.fn<() => void>()
    const controller = new AbortController()
    const { next, signal, update, finish } = await run({ signal: controller.signal, onError })
    update(50)
    controller.abort()
    expect(signal.aborted).toBe(true)
    expect(await next(), 'nothing more is written').toBeUndefined()
    finish.reject(signal.reason)
    await turn()
    expect(onError).not.toHaveBeenCalled()
    vi.runOnlyPendingTimers()
  })

  it('may finish in peace', async () => {
    const onError = vi.fn<() => void>()
    const { cancel, finish } = await run({ onError })
    await cancel()
    finish.resolve('done')
    await turn()
    expect(onError).not.toHaveBeenCalled()
  })

  it('reports another failure than the abort', async () => {
    const onError = vi.fn<() => void>()
    const { cancel, finish } = await run({ onError })
    await cancel()
    finish.reject(new Error('disk full'))
    await turn()
    expect(onError).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ code: 'cleanup' }), { stage: 'cleanup' })
  })
})

it('names the events of a progress stream for its readers', () => {
  expectTypeOf<keyof ProgressEvents>().toEqualTypeOf<'progress' | 'complete' | 'error'>()
  expectTypeOf<ProgressEvents<{ url: string }>['complete']>().toEqualTypeOf<{ result: { url: string } }>()
})

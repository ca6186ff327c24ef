import { createEventStream, createEventStreamObserver, type EventStreamOptions } from '@tidewire/client'
import { expect, it } from 'vitest'

const refused: [EventStreamOptions, string][] = [
  [{ recent: -1 }, 'Expected `recent` to be at least 0, got -1.'],
  [{ recent: NaN }, 'Expected `recent` to be at least 0, got NaN.'],
  [{ maxEventSize: -1 }, 'Expected `maxEventSize` to be at least 0, got -1.'],
  [{ maxEventSize: NaN }, 'Expected `maxEventSize` to be at least 0, got NaN.'],
  ...(['maxBufferSize', 'heartbeat', 'connectTimeout', 'lostAfter', 'pauseWhenHidden'] as const).flatMap(
    (name): [EventStreamOptions, string][] =>
      [-1, NaN].map((value) => [{ [name]: value }, `Expected \`${name}\` to be at least 0, got ${value}.`]),
  ),
  [{ retry: { delay: -1 } }, 'Expected `delay` to be at least 0, got -1.'],
  [{ retry: { delay: NaN } }, 'Expected `delay` to be at least 0, got NaN.'],
  [{ retry: { maxDelay: -1 } }, 'Expected `maxDelay` to be at least 0, got -1.'],
  [{ retry: { multiplier: 0.5 } }, 'Expected `multiplier` to be at least 1, got 0.5.'],
  [{ retry: { multiplier: NaN } }, 'Expected `multiplier` to be at least 1, got NaN.'],
  [{ retry: { maxAttempts: -1 } }, 'Expected `maxAttempts` to be at least 0, got -1.'],
  [{ retry: { maxAttempts: NaN } }, 'Expected `maxAttempts` to be at least 0, got NaN.'],
]

it.each(refused)('refuses %o', (options, message) => {
  const error = new TypeError(message)
  expect(() => createEventStream(null, options)).toThrow(error)
  expect(() => createEventStreamObserver(null, options)).toThrow(error)
  expect(() => createEventStreamObserver(null).setOptions(null, options)).toThrow(error)
})

it('accepts bounds, and undefined for every option', () => {
  const accepted: EventStreamOptions[] = [
    {},
    { recent: 0, maxEventSize: 0, retry: false },
    { recent: undefined, maxEventSize: undefined, retry: undefined, parse: undefined, signal: undefined },
    { heartbeat: false, pauseWhenHidden: true, connectTimeout: 0, lostAfter: Infinity, maxBufferSize: Infinity },
    { heartbeat: 1000, pauseWhenHidden: false },
    { recent: Infinity, retry: { delay: 0, maxDelay: 0, multiplier: 1, maxAttempts: 0 } },
    { retry: { delay: 1000, maxDelay: 500 } },
    { retry: { maxAttempts: Infinity, maxDelay: 500, when: undefined, jitter: undefined } },
  ]
  for (const options of accepted) expect(createEventStream(null, options).status).toBe('idle')
})

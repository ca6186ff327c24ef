import { describe, expect, it } from 'vitest'
import { collectErrors } from '../test/collectErrors.ts'
import { textOf } from '../test/readStream.ts'
import { createSSEStream, eventTypes, type SSESession, type StandardResult, type StandardSchema } from './index.ts'

/** A schema by hand: takes `{ now }`, and reads the number out of it. */
const tick: StandardSchema<{ now: number }, Date> = {
  '~standard': {
    version: 1,
    vendor: 'test',
    validate(value) {
      const { now } = Object(value) as { now?: unknown }
      if (typeof now === 'number') return { value: new Date(now) }
      return { issues: [{ message: 'Expected a number', path: ['nested', { key: 'now' }] }] }
    },
  },
}
const events = { tick, message: eventTypes<string>() }

const COMPLETE = 'event: sse.bye\ndata: {"reason":"complete"}\n\n'

async function attempt(write: (session: SSESession) => unknown): Promise<unknown> {
  let failure: unknown
  const stream = createSSEStream(
    async (session) => {
      try {
        await write(session as unknown as SSESession)
      } catch (error) {
        failure = error
      }
    },
    { events },
  )
  expect(await textOf(stream)).toBe(COMPLETE)
  return failure
}

describe('an event with a schema', () => {
  it('is sent as it was given, once its schema accepts it', async () => {
    const stream = createSSEStream(
      async function* (session) {
        session.event('tick', { now: 1 })
        session.json('text')
        yield { event: 'tick', data: { now: 2 } }
        yield { id: 3 }
        session.error('failed', 'not checked')
      },
      { events },
    )
    expect(await textOf(stream)).toBe(
      `event: tick\ndata: {"now":1}\n\ndata: "text"\n\nevent: tick\ndata: {"now":2}\n\nid: 3\n\n` +
        `event: failed\ndata: {"message":"not checked"}\n\n${COMPLETE}`,
    )
  })

  it.each<[string, (session: SSESession) => unknown]>([
    ['send', (session) => session.send({ event: 'tick', data: { now: '1' } })],
    ['write', (session) => session.write({ event: 'tick', data: { now: '1' } })],
    ['event', (session) => session.event('tick', { now: '1' })],
  ])('is refused by `%s`, by its name and the place in it', async (_, write) => {
    expect(await attempt(write)).toMatchObject({
      code: 'invalid-event',
      field: 'data',
      message: 'Expected `nested.now` in the data of the event "tick" to fit its schema: Expected a number',
    })
  })

  it.each(['tock', 'toString', '__proto__'])('is refused where the map does not know it: %s', async (name) => {
    const failure = await attempt((session) => session.event(name, 1))
    expect(failure).toMatchObject({ code: 'invalid-event', field: 'event' })
    expect(String(failure)).toContain('(tick, message)')
  })

  it('fails its source, and its reader is told nothing of why', async () => {
    const { errors, onError } = collectErrors()
    const stream = createSSEStream((session) => void session.event('tick', { now: '1' as never }), { events, onError })
    expect(await textOf(stream)).toBe('event: sse.bye\ndata: {"reason":"error","code":"internal"}\n\n')
    expect(errors).toMatchObject([['source', { code: 'invalid-event' }]])
  })
})

it('is a TypeError where it is async', async () => {
  const validate = async (): Promise<StandardResult<never>> => Promise.reject(new Error('never seen'))
  const stream = createSSEStream(
    async (session) => {
      expect(() => session.event('tick', 1)).toThrow(TypeError)
      await expect(session.send({ event: 'tick', data: 1 })).rejects.toThrow(/"tick" to be synchronous/)
    },
    { events: { tick: { '~standard': { version: 1, vendor: 'test', validate } } } },
  )
  expect(await textOf(stream)).toBe(COMPLETE)
})

it.each([
  ['events', 5],
  ['events', null],
  ['events', tick],
  ['events.tick', { tick: {} }],
  ['events.tick', { tick: null }],
])('is refused by name where it makes no sense: %s', (option, given) => {
  expect(() => createSSEStream(() => {}, { events: given as never })).toThrow(TypeError)
  expect(() => createSSEStream(() => {}, { events: given as never })).toThrow(`Expected \`${option}\` to be `)
})

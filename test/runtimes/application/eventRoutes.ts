import { createSSEStream, isSSEError, type StandardSchema } from '@tidewire/server'
import { callbackStream, generatorStream, observedOptions, observeSession, released } from './observedStream.ts'
import type { Route } from './route.ts'

export const eventRoutes: Record<string, Route> = {
  fields: (call) =>
    generatorStream(call, async function* () {
      yield { event: 'tick', id: 'é-1', retry: 250, data: { n: 1 }, comment: 'all' }
      yield { data: 'text ✓ 🌊' }
      yield { id: 0, data: null }
      yield { data: '' }
    }),

  lines: (call) =>
    generatorStream(call, async function* () {
      yield { data: 'a\nb\r\nc\rd\n' }
      yield { comment: 'one\ntwo' }
      yield { data: ' lead\u2028line' }
    }),

  retry: (call) => generatorStream(call, async function* () {}, { retry: 1234 }),

  'one-megabyte': (call) =>
    generatorStream(call, async function* () {
      yield { data: '✓'.repeat(350_000) }
      yield { data: 'after' }
    }),

  'one-turn': (call) =>
    callbackStream(call, async (session) => {
      for (let index = 0; index < 1000; index++) session.json(index)
    }),

  /** Quiet but for heartbeats, until it is released. */
  heartbeat: (call) =>
    generatorStream(
      call,
      async function* ({ signal }) {
        await released(call, 1, signal)
        yield { data: 'late' }
      },
      { heartbeat: 20 },
    ),

  /** Quiet but for the default heartbeat. */
  quiet: (call) =>
    generatorStream(
      call,
      async function* ({ signal }) {
        yield { data: 'early' }
        await released(call, 1, signal)
        yield { data: 'late' }
      },
      { heartbeat: undefined },
    ),

  /** Counts for ever, if it is let. */
  until: (call) =>
    generatorStream(
      call,
      async function* () {
        for (let index = 0; ; index++) yield { data: index }
      },
      { until: ({ data }) => data === 2 },
    ),

  schemas: (call) =>
    createSSEStream(
      async (session) => {
        observeSession(session, call.observation)
        for (const now of [1, 'secret', 3]) {
          await session.send({ event: 'tick', data: { now } }).catch((error: unknown) => {
            call.observation.notes.push(isSSEError(error) && [error.code, error.field])
          })
        }
      },
      { ...observedOptions(call), events: { tick } },
    ),
}

const tick: StandardSchema<{ now: unknown }> = {
  '~standard': {
    version: 1,
    vendor: 'test',
    validate(value) {
      const { now } = value as { now: unknown }
      return typeof now === 'number'
        ? { value: { now } }
        : { issues: [{ message: 'Expected a number.', path: ['now'] }] }
    },
  },
}

import { isSSEError } from '@tidewire/server'
import { aborted, callbackStream, generatorStream, observedStream, released } from './observedStream.ts'
import type { Route } from './route.ts'

export const endRoutes: Record<string, Route> = {
  complete: (call) =>
    generatorStream(call, async function* () {
      yield { data: 1 }
    }),

  'fails-first': (call) =>
    callbackStream(call, async () => {
      throw new Error('secret-of-the-source')
    }),

  'fails-later': (call) =>
    generatorStream(
      call,
      async function* () {
        yield { data: 1 }
        throw new Error('secret-of-the-source')
      },
      { mapError: () => ({ code: 'mapped' }) },
    ),

  'fails-without-bye': (call) =>
    generatorStream(
      call,
      async function* ({ signal }) {
        yield { data: 1 }
        await released(call, 1, signal)
        throw new Error('secret-of-the-source')
      },
      { bye: false },
    ),

  timeout: (call) => callbackStream(call, ({ signal }) => aborted(signal), { timeout: 50 }),

  'closes-twice': (call) =>
    observedStream(call, (session) => {
      session.json('last')
      session.close()
      session.close()
      session.close('too late')
    }),

  'writes-after-close': (call) =>
    callbackStream(call, async (session) => {
      session.close()
      const writes = [session.json(1), session.event('a', 1), session.comment('a'), session.id(1), session.retry(1)]
      const rejection = await session.send({ data: 1 }).catch((error: unknown) => isSSEError(error) && error.code)
      call.observation.notes.push(...writes, session.error('failure', 'too late'), rejection)
    }),

  'signal-of-request': (call) => {
    const controller = new AbortController()
    return callbackStream(
      call,
      async (session) => {
        session.json('open')
        await released(call, 1, session.signal)
        controller.abort()
      },
      { request: { headers: {}, signal: controller.signal } },
    )
  },

  'signal-of-options': (call) => {
    const controller = new AbortController()
    return callbackStream(
      call,
      async (session) => {
        session.json('open')
        await released(call, 1, session.signal)
        controller.abort()
      },
      { signal: controller.signal },
    )
  },

  shutdown: (call) =>
    generatorStream(
      call,
      async function* ({ signal }) {
        yield { data: 'open' }
        await aborted(signal)
      },
      { signal: call.shutdown, heartbeat: 10_000 },
    ),
}

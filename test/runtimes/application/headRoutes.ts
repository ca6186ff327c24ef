import { callbackStream, generatorStream, released } from './observedStream.ts'
import type { Route } from './route.ts'

export const headRoutes: Record<string, Route> = {
  /** Silent until it is released. */
  head: (call) => callbackStream(call, ({ signal }) => released(call, 1, signal)),

  /** Produces one event, and one more each time it is released. */
  'step-by-step': (call) =>
    generatorStream(call, async function* ({ signal }) {
      yield { data: 0 }
      for (let step = 1; step <= 3; step++) {
        await released(call, step, signal)
        yield { data: step }
      }
    }),

  'own-headers': (call) => ({
    stream: generatorStream(
      call,
      async function* () {
        yield { data: 1 }
      },
      { headers: { 'cache-control': 'no-store', 'x-of': 'options', 'x-option': 'yes' } },
    ),
    status: 202,
    headers: { 'x-of': 'answer', 'x-accel-buffering': 'yes' },
  }),
}

import { callbackStream, generatorStream, released } from './observedStream.ts'
import type { Route } from './route.ts'

/** How large an event of the floods is, in bytes, and how many there are: more than what sockets buffer. */
export const EVENT_SIZE = 16_384
export const EVENT_COUNT = 2500

export const backpressureRoutes: Record<string, Route> = {
  flood: (call) =>
    generatorStream(
      call,
      async function* () {
        for (let index = 0; index < EVENT_COUNT; index++) yield { data: numbered(index) }
      },
      { heartbeat: 15_000 },
    ),

  'flood-of-sends': (call) =>
    callbackStream(
      call,
      async (session) => {
        for (let index = 0; index < EVENT_COUNT; index++) {
          await session.send({ data: numbered(index) })
          call.observation.produced++
        }
      },
      { heartbeat: 15_000 },
    ),

  /** Writes until it is refused, then waits for its release to say how much that was. */
  'flood-of-writes': (call) =>
    callbackStream(call, async (session) => {
      for (let index = 0; index < EVENT_COUNT && session.write({ data: numbered(index) }); index++) {
        call.observation.produced++
        if (index % 8 === 7) await new Promise((resolve) => setTimeout(resolve, 0))
      }
      call.observation.notes.push('refused')
      await released(call, 1, session.signal)
    }),
}

function numbered(index: number): string {
  return `${index} `.padEnd(EVENT_SIZE, 'x')
}

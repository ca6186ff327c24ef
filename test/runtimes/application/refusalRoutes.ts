import type { SSEStreamOptions } from '@tidewire/server'
import { callbackStream } from './observedStream.ts'
import type { Answer, Call, Route } from './route.ts'

export const refusalRoutes: Record<string, Route> = {
  'prepare-refuses': (call) =>
    guarded(call, {
      async prepare() {
        await nextTurn()
        return new Response('returned', { status: 403, headers: { 'x-of': 'refusal' } })
      },
    }),

  'prepare-throws-refusal': (call) =>
    guarded(call, {
      prepare() {
        // oxlint-disable-next-line typescript/only-throw-error -- routes of several frameworks refuse so
        throw new Response('thrown', { status: 404 })
      },
    }),

  'prepare-fails': (call) =>
    guarded(call, {
      async prepare() {
        await nextTurn()
        throw new Error('secret-of-prepare')
      },
    }),

  'prepare-lets-in': (call) =>
    guarded(call, {
      async prepare({ lastEventId }) {
        await nextTurn()
        call.observation.notes.push(lastEventId)
      },
    }),

  accept: (call) => guarded(call, { accept: true }),
}

function guarded(call: Call, options: SSEStreamOptions): Answer {
  return { stream: callbackStream(call, async (session) => session.json('in'), options), mayRefuse: true }
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0))
}

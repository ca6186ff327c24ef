import { createSSEStream, isSSEError } from '@tidewire/server'
import { attacks, FIELDS } from './attacks.ts'
import { callbackStream, observedOptions, released } from './observedStream.ts'
import type { Route } from './route.ts'

export const attackRoutes: Record<string, Route> = {
  /** Writes each text in each field, and notes what is refused. */
  'attack-fields': (call) =>
    callbackStream(call, async (session) => {
      for (const { text } of attacks) {
        for (const field of FIELDS) {
          try {
            session.write({ data: 'innocent', [field]: text })
          } catch (error) {
            call.observation.notes.push(
              `${isSSEError(error) ? error.code : String(error)}: ${field} ${JSON.stringify(text)}`,
            )
          }
        }
      }
    }),

  /** Beats with a text. When it is released, it fails with it. */
  'attack-last-words': (call) => {
    const { text } = attacks[Number(call.query.get('attack'))]!
    return callbackStream(
      call,
      async (session) => {
        await released(call, 1, session.signal)
        session.error('failure', text, text, { text })
      },
      { heartbeat: { interval: 5, comment: text } },
    )
  },

  /** Notes what becomes of headers that would be two. */
  'attack-headers': (call) =>
    callbackStream(call, async () => {
      for (const header of ['a\r\nx-injected: b', 'a\nb', 'a\rb', 'a\0b']) {
        try {
          createSSEStream(() => {}, { ...observedOptions(call), headers: { 'x-own': header } })
          call.observation.notes.push('taken')
        } catch (error) {
          call.observation.notes.push((error as Error).name)
        }
      }
    }),
}

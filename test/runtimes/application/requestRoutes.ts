import { createProgressStream, trackProgress } from '@tidewire/server'
import { callbackStream, observedOptions, released } from './observedStream.ts'
import type { Route } from './route.ts'

export const requestRoutes: Record<string, Route> = {
  'last-event-id': (call) => callbackStream(call, async (session) => session.json(session.lastEventId)),

  'progress-completes': (call) =>
    createProgressStream(async (update) => {
      update(10, 'begun')
      await released(call, 1)
      update({ loaded: 50, total: 100 })
      return { name: 'result' }
    }, observedOptions(call)),

  'progress-fails': (call) =>
    createProgressStream(async (update) => {
      update(10)
      await released(call, 1)
      throw new Error('secret-of-the-task')
    }, observedOptions(call)),

  'progress-left': (call) =>
    createProgressStream(async (update, { signal }) => {
      signal.addEventListener('abort', () => void call.observation.aborts++)
      for (let percent = 0; !signal.aborted; percent += 0.01) {
        update(percent)
        await new Promise((resolve) => setTimeout(resolve, 2))
      }
    }, observedOptions(call)),

  upload: (call) =>
    createProgressStream(async (update) => {
      const tracked = trackProgress(call.upload(), Number(call.query.get('total')), update)
      let text = ''
      const decoder = new TextDecoder()
      for await (const chunk of tracked) text += decoder.decode(chunk, { stream: true })
      return text.length
    }, observedOptions(call)),
}

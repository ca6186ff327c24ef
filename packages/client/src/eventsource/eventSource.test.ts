import { createEventStream } from '@tidewire/client'
import { eventSource } from '@tidewire/client/eventsource'
import { expect, it, vi } from 'vitest'

// What it does where there is an EventSource is in test/browser.
it('says so where the platform has no EventSource', async () => {
  vi.stubGlobal('EventSource', undefined)
  const closed = Promise.withResolvers<string>()
  const stream = createEventStream('https://example.test/', { transport: eventSource(), onClose: closed.resolve })
  expect(await closed.promise).toBe('fatal')
  expect(stream.error).toMatchObject({ code: 'invalid-request', message: 'This platform has no EventSource.' })
  vi.unstubAllGlobals()
})

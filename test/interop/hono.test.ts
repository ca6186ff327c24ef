import { describe, expect, it } from 'vitest'
import { serveByHono } from './servers/hono.ts'
import { startJournal } from './startJournal.ts'
import { testServer } from './testServer.ts'

describe('a server made with hono, read by the client,', { timeout: 15_000 }, () => {
  testServer(serveByHono)

  it('sends an `error` of its own, which is an event like any other', async () => {
    const { follow } = await startJournal(serveByHono)
    const { stream, log, until } = follow('/failing', { until: ({ event }) => event === 'error' })
    await until('close')
    expect(log).toEqual(['open', 'error:out of stock', 'close:complete'])
    expect(stream.error).toBeUndefined()
  })
})

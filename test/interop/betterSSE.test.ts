import { describe } from 'vitest'
import { serveByBetterSSE } from './servers/betterSSE.ts'
import { testServer } from './testServer.ts'

describe('a server made with better-sse, read by the client,', { timeout: 15_000 }, () => {
  testServer(serveByBetterSSE)
})

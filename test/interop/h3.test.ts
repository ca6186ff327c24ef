import { describe } from 'vitest'
import { serveByH3 } from './servers/h3.ts'
import { testServer } from './testServer.ts'

describe('a server made with h3, read by the client,', { timeout: 15_000 }, () => {
  testServer(serveByH3)
})

import { afterAll, beforeAll, describe } from 'vitest'
import { checkCases } from '../test/checkCases.ts'
import { type MisbehavingServer, startMisbehavingServer } from '../test/misbehavingServer.ts'
import { runCase } from '../test/runCase.ts'

let server: MisbehavingServer

beforeAll(async () => {
  server = await startMisbehavingServer()
})
afterAll(() => server.close())

describe('a stream, over real HTTP,', () => {
  checkCases(() => server, runCase)
})

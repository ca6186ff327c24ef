import { describe } from 'vitest'
import { openEventsource } from './readers/eventsource.ts'
import { testAnyId, testBareId, testRefusal, testTornEvent } from './testExactReader.ts'
import { testReader } from './testReader.ts'

describe('a Tidewire server, read by eventsource', { timeout: 15_000 }, () => {
  testReader(openEventsource, { comesBack: true })
  testTornEvent(openEventsource)
  testBareId(openEventsource)
  testAnyId(openEventsource)
  testRefusal(openEventsource)
})

import { describe } from 'vitest'
import { openEventsourceClient } from './readers/eventsourceClient.ts'
import { testTornEvent } from './testExactReader.ts'
import { testReader } from './testReader.ts'

describe('a Tidewire server, read by eventsource-client', { timeout: 15_000 }, () => {
  testReader(openEventsourceClient, { comesBack: true })
  testTornEvent(openEventsourceClient)
})

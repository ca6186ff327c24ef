import { createMemoryLog } from '@tidewire/server'
import { describeLog } from '@tidewire/server/testing'
import { describe, it } from 'vitest'

describeLog(
  'my log',
  () => {
    const log = createMemoryLog()
    return { here: log, there: log }
  },
  { describe, it },
)

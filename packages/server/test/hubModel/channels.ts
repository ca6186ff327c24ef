import type { SSEChannelConfig } from '../../src/hub/channelConfig.ts'
import type { Payload } from './chronicle.ts'

type Config = Omit<SSEChannelConfig, 'authorize'>

/** The channels of the model: what they keep, and what becomes of readers that are too slow. */
export const CHANNELS: Record<string, Config> = {
  all: {},
  few: { history: { maxEvents: 3 } },
  young: { history: { maxAge: 40 } },
  small: { history: { maxBytes: 120 } },
  none: { history: false },
  last: { history: { maxEvents: 2 }, retain: 'last' },
  only: { history: false, retain: 'last' },
  drop: { overflow: 'drop' },
  loose: { overflow: 'drop', history: { maxEvents: 2 }, retain: 'last' },
  keyed: { overflow: { coalesce: ({ data }) => (JSON.parse(data) as Payload).key } },
  ending: { terminal: ['over'], history: { maxEvents: 4 } },
}

export { channelName, type ChannelParamValue, isChannelName, MAX_CHANNEL_NAME } from './channelName.ts'
export { type CompiledPattern, compilePattern, type DecodedParams } from './channelPattern.ts'
export type {
  ChannelInput,
  ChannelMatch,
  ChannelName,
  ChannelNameOf,
  ChannelOutput,
  ChannelParams,
  Contract,
} from './channelTypes.ts'
export { eventTypes, type EventTypes } from './eventTypes.ts'
export { CURSOR_HEADER, EVENT_STREAM, LAST_EVENT_ID, LAST_EVENT_ID_PARAM } from './headers.ts'
export {
  CATCHUP,
  type CatchUp,
  DENIED,
  type Denied,
  END,
  type End,
  HELLO,
  type Hello,
  LIVE,
  type Live,
  type Member,
  type PollHello,
  PRESENCE,
  type PresenceChange,
  type PresenceList,
  RESET,
  type Reset,
  REVOKED,
  type Revoked,
  type Verdict,
} from './hubEvents.ts'
export { decodeLastEventId, encodeLastEventId, MAX_LAST_EVENT_ID } from './lastEventId.ts'
export { isOrigin, ORIGIN_HEADER } from './origin.ts'
export { PatternMap, type PatternMatch } from './patternMap.ts'
export { formatPosition, parsePosition, type Position } from './position.ts'
export type { Progress, ProgressEvents } from './progress.ts'
export { BYE, type Bye, RESERVED_PREFIX } from './reserved.ts'
export { isSSEError, SSEError, type SSEErrorCode, type SSEErrorFacts } from './sseError.ts'
export type { StandardIssue, StandardResult, StandardSchema } from './standardSchema.ts'

export { eventTypes, isSSEError, SSEError } from '@tidewire/protocol'
export type { EventTypes, SSEErrorCode, SSEErrorFacts } from '@tidewire/protocol'
export type { RetryOptions } from './backoff.ts'
export { createEventStreamObserver } from './observer.ts'
export type { EventStreamObserver } from './observer.ts'
export { createEventStream } from './eventStream.ts'
export type { EventStream, EventStreamActions } from './eventStream.ts'
export type { EventStreamCallbacks, EventStreamOptions, RequestOptions } from './options.ts'
export type { Parse, ParseRule } from './payload.ts'
export type { CloseReason, EventStreamState, EventStreamStatus } from './state.ts'
export type { StreamURL } from './stream.ts'
export type {
  AnyEvents,
  EventHandler,
  EventHandlers,
  EventMap,
  PayloadOf,
  SSEMessage,
  SSEMessageOf,
} from './types.ts'

export { eventTypes, isSSEError, SSEError } from '@tidewire/protocol'
export type {
  EventTypes,
  SSEErrorCode,
  SSEErrorFacts,
  StandardIssue,
  StandardResult,
  StandardSchema,
} from '@tidewire/protocol'
export { createProgressStream } from './createProgressStream.ts'
export type { ProgressStreamOptions } from './createProgressStream.ts'
export { createSSEStream } from './createSSEStream.ts'
export type { SSEEventSchemas } from './eventSchemas.ts'
export { formatSSE } from './formatSSE.ts'
export { getLastEventId } from './getLastEventId.ts'
export type { SSEObservable, SSEObserver } from './observable.ts'
export type { Progress, ProgressEvents, ProgressTask, ProgressUpdate, UpdateProgress } from './progressEvents.ts'
export type { SSEEvent, SSEEvents } from './sseEvent.ts'
export type { SSERequest } from './sseRequest.ts'
export type { SSESession } from './sseSession.ts'
export type { SSEEventSource, SSESource } from './sseSource.ts'
export type { SSEStream } from './sseStream.ts'
export type { SSEPrepareContext, SSEStage, SSEStreamOptions } from './sseStreamOptions.ts'

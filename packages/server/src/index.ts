export { eventTypes, isSSEError, SSEError } from '@tidewire/protocol'
export type {
  ChannelName,
  ChannelParams,
  Contract,
  EventTypes,
  Progress,
  ProgressEvents,
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
export { getOrigin } from './getOrigin.ts'
export type {
  Overflow as SSEOverflow,
  SSEAuthorize,
  SSEChannelConfig,
  SSEHistoryOptions,
  SSESourceContext,
} from './hub/channelConfig.ts'
export { createSSEHub } from './hub/createSSEHub.ts'
export type { SSEDrainOptions } from './hub/drain.ts'
export type { SSEExclusion } from './hub/exclusion.ts'
export type { HubCounters as SSEHubCounters } from './hub/hubMonitor.ts'
export type { SSEHubLimits, SSEHubOptions, SSEHubStage } from './hub/hubOptions.ts'
export type { LogDraft, LogEntry, LogFeed, LogHead, LogListener, LogPage, Retention, SSELog } from './hub/log.ts'
export { createMemoryLog } from './hub/memoryLog.ts'
export type { MemoryLogOptions } from './hub/memoryLog.ts'
export type { SSEReader, SSEReaderFilter } from './hub/readerFilter.ts'
export type { SSEHub, SSEHubState, SSEPublisher, SSEPublishOptions } from './hub/sseHub.ts'
export type { SSEJob, SSEJobConfig, SSEJobContext, SSEJobEnd, SSEJobRun, SSEJobTask } from './hub/sseJob.ts'
export type { SSESnapshot } from './hub/hubSnapshot.ts'
export type { SSEMember, SSEPresenceOptions } from './hub/sseMember.ts'
export type { SSEObservable, SSEObserver } from './observable.ts'
export type { ProgressTask, ProgressTaskContext, ProgressUpdate, UpdateProgress } from './progressTask.ts'
export type { SSEEvent, SSEEvents } from './sseEvent.ts'
export type { SSERequest } from './sseRequest.ts'
export type { SSESession } from './sseSession.ts'
export type { SSEEventSource, SSESource } from './sseSource.ts'
export type { SSEStream } from './sseStream.ts'
export type { SSEPrepareContext, SSEStage, SSEStreamOptions } from './sseStreamOptions.ts'
export { trackProgress } from './trackProgress.ts'
export type { ReportBytes } from './trackProgress.ts'

export { createEventStream, eventTypes, isSSEError, SSEError } from '@tidewire/client'
export type * from '@tidewire/client'
export { useEventStream } from './useEventStream.ts'
export type { UseEventStreamOptions, UseEventStreamReturn } from './useEventStream.ts'

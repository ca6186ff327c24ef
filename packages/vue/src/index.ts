export {
  channelName,
  createEventStream,
  createSSEClient,
  eventTypes,
  forgetEventStreams,
  isSSEError,
  SSEError,
} from '@tidewire/client'
export type * from '@tidewire/client'
// By name, so that an application can add to it.
export type { Register } from '@tidewire/client'
export { createSSE, provideSSE, useSSEClient } from './createSSE.ts'
export type { ReactiveOptions } from './reactiveOptions.ts'
export { useEventStream } from './useEventStream.ts'
export type { UseEventStreamOptions, UseEventStreamReturn } from './useEventStream.ts'
export type { Refs } from './useObserved.ts'
export { usePresence } from './usePresence.ts'
export type { UsePresenceOptions } from './usePresence.ts'
export { useProgress } from './useProgress.ts'
export type { UseProgressOptions, UseProgressReturn } from './useProgress.ts'
export { useSSEChannel } from './useSSEChannel.ts'
export type { UseSSEChannelOptions, UseSSEChannelReturn } from './useSSEChannel.ts'
export { useSSEStatus } from './useSSEStatus.ts'
export type { UseSSEStatusOptions } from './useSSEStatus.ts'

export { channelName, eventTypes, isSSEError, SSEError } from '@tidewire/protocol'
export type {
  ChannelName,
  ChannelOutput,
  Contract,
  EventTypes,
  Member,
  Progress,
  ProgressEvents,
  SSEErrorCode,
  SSEErrorFacts,
  StandardSchema,
} from '@tidewire/protocol'
export type { Register, RegisteredContract } from './register.ts'
export type { RetryOptions } from './backoff.ts'
export { createChannelObserver } from './channels/channelObserver.ts'
export type { ChannelObserver, ChannelObserverOptions, ChannelSource } from './channels/channelObserver.ts'
export { createSSEClient } from './channels/createSSEClient.ts'
export type {
  AnySSEClient,
  SSEClient,
  SSEClientEvents,
  SSEClientOptions,
  SSEPresence,
  SSESubscription,
  SSESubscriptionOptions,
  SSESubscriptionState,
} from './channels/clientTypes.ts'
export { createEventStreamObserver } from './observer.ts'
export type { EventStreamObserver, ObserverOptions } from './observer.ts'
export { createEventStream } from './eventStream.ts'
export type { Attempt, Entry, Transport } from './connect.ts'
export type {
  ConnectionOptions,
  EventOptions,
  EventStreamCallbacks,
  EventStreamOptions,
  RequestOptions,
  UnreducedOptions,
} from './options.ts'
export type { Parse, ParseRule } from './payload.ts'
export { forgetEventStreams } from './registry.ts'
export type {
  CloseReason,
  ConnectionState,
  EventStream,
  EventStreamActions,
  EventStreamState,
  EventStreamStatus,
  Gap,
} from './state.ts'
export { createProgressObserver } from './progressObserver.ts'
export type { ProgressObserver, ProgressOptions, ProgressSource } from './progressObserver.ts'
export type { ProgressPhase, ProgressState } from './progressState.ts'
export type { StreamURL } from './stream.ts'
export type { AnyEvents, EventHandler, EventHandlers, EventMap, PayloadOf, SSEMessage, SSEMessageOf } from './types.ts'

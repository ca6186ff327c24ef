/** Event names with their payload types. An `object`, so that an interface fits. */
export type EventMap = object

/** The event map where none is given: any name, and a payload to be narrowed. */
export type AnyEvents = Record<string, unknown>

/** One received event. */
export interface SSEMessage<Name extends string = string, Data = unknown> {
  /** The event's name; `message` where the server gave none. */
  readonly event: Name
  /** The payload, parsed as `parse` says. */
  readonly data: Data
  /** The last event ID in force when the event arrived; '' where there is none. HTML Standard, section 9.2.6. */
  readonly id: string
  /** The payload as it came. */
  readonly text: string
}

/** Any event of an event map, told apart by its name. */
export type SSEMessageOf<M extends EventMap> = {
  [Name in keyof M & string]: SSEMessage<Name, M[Name]>
}[keyof M & string]

/** The payload of any event of an event map. */
export type PayloadOf<M extends EventMap> = M[keyof M & string]

/** Is called with the payload of one kind of event, and with the event itself. */
export type EventHandler<M extends EventMap, Name extends keyof M & string> = (
  data: M[Name],
  event: SSEMessage<Name, M[Name]>,
) => void

/** Handlers by event name. */
export type EventHandlers<M extends EventMap> = {
  [Name in keyof M & string]?: EventHandler<M, Name> | undefined
}

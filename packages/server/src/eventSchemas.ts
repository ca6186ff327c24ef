import { type EventTypes, SSEError, type StandardSchema } from '@tidewire/protocol'
import { describeValue } from './describeValue.ts'
import type { SSEEvent } from './sseEvent.ts'

/** Payload schemas by event name. Events have the *input* types: what is sent is what a reader's schema parses. */
export type SSEEventSchemas<M extends object> = { readonly [K in keyof M]: StandardSchema<M[K]> }

/** Throws an {@link SSEError} `invalid-event` for an event that its schema refuses. */
export type CheckEvent = (event: SSEEvent) => void

/** Makes the check of a map of schemas; undefined where there is nothing to check. */
export function resolveEvents(events: EventTypes<object> | object | undefined): CheckEvent | undefined {
  if (events === undefined) return undefined
  if (typeof events !== 'object' || events === null) throw unfit('events', 'a map of schemas, or eventTypes()', events)
  if ('~standard' in events) {
    if ((events as StandardSchema)['~standard']?.vendor === 'tidewire') return undefined
    throw new TypeError('Expected `events` to be a map of schemas by event name, or eventTypes(), got one schema.')
  }
  const schemas = new Map(Object.entries(events) as [string, StandardSchema][])
  for (const [name, schema] of schemas) {
    const standard: unknown = schema?.['~standard']?.validate
    if (typeof standard !== 'function') throw unfit(`events.${name}`, 'a Standard Schema', schema)
  }
  return (event) => {
    if (event?.event !== undefined || 'data' in Object(event)) checkEvent(schemas, event)
  }
}

function checkEvent(schemas: ReadonlyMap<string, StandardSchema>, { event: name = 'message', data }: SSEEvent): void {
  const schema = schemas.get(name)
  if (!schema) {
    const known = [...schemas.keys()].join(', ')
    const message = `Expected \`event\` to be one of those in \`events\` (${known}), got ${describeValue(name)}.`
    throw new SSEError('invalid-event', message, { field: 'event' })
  }
  const result = schema['~standard'].validate(data)
  if (result instanceof Promise) {
    result.catch(() => {})
    throw new TypeError(`Expected the schema of the event ${describeValue(name)} to be synchronous, got an async one.`)
  }
  const issue = result.issues?.[0]
  if (!issue) return
  const path = issue.path?.map((step) => String(typeof step === 'object' ? step.key : step)).join('.')
  const place = path ? `\`${path}\` in ` : ''
  const message = `Expected ${place}the data of the event ${describeValue(name)} to fit its schema: ${issue.message}`
  throw new SSEError('invalid-event', message, { field: 'data' })
}

function unfit(option: string, expected: string, value: unknown): TypeError {
  return new TypeError(`Expected \`${option}\` to be ${expected}, got ${describeValue(value)}.`)
}

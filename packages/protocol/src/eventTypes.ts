/**
 * Payload types without a schema: stands wherever a schema, or a map of schemas, may stand, and checks nothing at run
 * time. It has the shape of a Standard Schema (standardschema.dev), so that both are read the same way.
 */
export interface EventTypes<T> {
  readonly '~standard': {
    readonly version: 1
    readonly vendor: string
    readonly validate: (value: unknown) => { readonly value: T }
    readonly types?: { readonly input: T; readonly output: T } | undefined
  }
}

// One for all, so that streams whose types are written inline are told apart by nothing, and are shared.
const UNCHECKED: EventTypes<never> = {
  '~standard': { version: 1, vendor: 'tidewire', validate: (value) => ({ value: value as never }) },
}

/**
 * Declares payload types without a schema.
 *
 * @example
 * const events = eventTypes<{ progress: { percent: number }; complete: { result: string } }>()
 */
export function eventTypes<T>(): EventTypes<T> {
  return UNCHECKED
}

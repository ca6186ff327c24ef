import { SSEError, type StandardSchema } from '@tidewire/protocol'

/** One way to parse a payload. `auto` is JSON if it parses, else the text. A function may throw. */
export type ParseRule = 'auto' | 'json' | 'text' | ((text: string, event: string) => unknown)

/** How payloads are parsed: one rule for all events, or one per event name (`auto` for the others). */
export type Parse = ParseRule | { readonly [event: string]: ParseRule }

/** Parses a payload. Throws an `SSEError` with the code `parse` where the rule does not fit it. */
export function parsePayload(parse: Parse | undefined, event: string, text: string): unknown {
  const rule = typeof parse === 'object' ? own(parse, event) : parse
  if (rule === 'text') return text
  try {
    return typeof rule === 'function' ? rule(text, event) : JSON.parse(text)
  } catch (cause) {
    if (!rule || rule === 'auto') return text
    throw new SSEError('parse', `Cannot parse \`${event}\`.`, { cause })
  }
}

/** Returns what a schema makes of a payload. Throws an `SSEError` with the code `invalid-event` where it refuses it. */
export function checkPayload(schema: StandardSchema, event: string, data: unknown): unknown {
  let issue: string | undefined = 'its schema failed'
  let cause: unknown
  try {
    const result = (cause = schema['~standard'].validate(data))
    if ('then' in result) {
      issue = 'its schema is async'
      // Nobody waits for it, so nobody hears how it ends.
      result.catch(() => {})
    } else if (result.issues) issue = result.issues[0]?.message
    else return result.value
  } catch (error) {
    cause = error
  }
  throw new SSEError('invalid-event', `\`${event}\` does not fit its schema: ${issue}`, { field: 'data', cause })
}

/** Reads a property that the object has itself: an event may be named `constructor`. */
export function own<T extends object, K extends keyof T>(object: T | undefined, key: K): T[K] | undefined {
  return object && Object.hasOwn(object, key) ? object[key] : undefined
}

import { SSEError } from '@tidewire/protocol'
import { describeValue } from './describeValue.ts'

const EXPECTED = 'Expected `data` to be text or a JSON value, got'
const BINARY = /^\[object (?:(?:Shared)?ArrayBuffer|Blob|File)\]$/

/** Encodes a payload as JSON, strings too. Throws an {@link SSEError} `invalid-event`. */
export function encodeJSON(data: unknown): string {
  let refusal: string
  try {
    if (isBinary(data)) {
      refusal = 'binary. An event stream is text: encode it, as base64 for instance.'
    } else if (isThenable(data)) {
      refusal = 'a promise. Await it first.'
    } else {
      const json: string | undefined = JSON.stringify(data)
      if (json !== undefined) return json
      refusal = `${describeValue(data)}. Send \`null\` where there is no value.`
    }
  } catch (cause) {
    // BigInt, circular, or a getter or `toJSON` that throws.
    const message = `${EXPECTED} ${describeValue(data)} that JSON.stringify refuses. Convert it first; \`cause\` says why.`
    throw new SSEError('invalid-event', message, { field: 'data', cause })
  }
  throw new SSEError('invalid-event', `${EXPECTED} ${refusal}`, { field: 'data' })
}

function isBinary(data: unknown): boolean {
  // By tag, since a buffer or a Blob may come from another realm.
  return ArrayBuffer.isView(data) || BINARY.test(Object.prototype.toString.call(data))
}

function isThenable(data: unknown): boolean {
  return typeof (data as { then?: unknown } | null | undefined)?.then === 'function'
}

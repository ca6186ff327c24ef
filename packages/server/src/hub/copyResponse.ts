import { readBody } from './readBody.ts'

/** The bodies of responses that were thrown. Not clones: each would lead through all that were made before it. */
const bodies = new WeakMap<Response, Promise<Uint8Array<ArrayBuffer> | null>>()

/**
 * Copies a response that was thrown, so that its headers can be added to and it can be thrown again, as a constant is. A body that
 * was read elsewhere, fails, or is larger than one that is sent to a hub may be, is left out.
 */
export async function copyResponse(response: Response): Promise<Response> {
  let reading = bodies.get(response)
  if (!reading) bodies.set(response, (reading = bodyOf(response)))
  const body = await reading
  const copy = new Response(body, response)
  if (!body) copy.headers.delete('content-length')
  return copy
}

async function bodyOf(response: Response): Promise<Uint8Array<ArrayBuffer> | null> {
  if (!response.body || response.bodyUsed || response.body.locked) return null
  // A framework's own class may have another kind of body.
  const body = await readBody(new Response(response.body))
  return typeof body === 'number' ? null : body
}

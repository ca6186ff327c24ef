import type { ServerResponse } from 'node:http'
import { pumpStream } from './pumpStream.ts'

/** Answers with a response instead of a stream. Its headers win over those that `res` has. */
export async function writeRefusal(refusal: Response, response: ServerResponse, isHead: boolean): Promise<void> {
  // Heard, an error of a reader that leaves does not end the process.
  response.on('error', () => {})
  response.statusCode = refusal.status
  for (const [name, value] of refusal.headers) {
    if (name === 'set-cookie') response.appendHeader(name, value)
    else response.setHeader(name, value)
  }
  if (refusal.body && !isHead) return pumpStream(refusal.body, response)
  await refusal.body?.cancel()
  response.end()
}

import type { ServerResponse } from 'node:http'
import type { SourceStream } from '../sourceStream.ts'
import { isOver, type NodeRequest } from './nodeResponse.ts'
import { expectHeadUnsent } from './writeHead.ts'
import { writeRefusal } from './writeRefusal.ts'

/**
 * Lets a request in, or answers it with what refuses it. Resolves with whether there is still somebody to stream to;
 * rejects with what `prepare` threw. Where it does not let in, the stream is cancelled.
 */
export async function admit(stream: SourceStream, request: NodeRequest, response: ServerResponse): Promise<boolean> {
  const controller = new AbortController()
  const onClose = () => controller.abort()
  response.once('close', onClose)
  const refusal = await stream.admit(stream.request ?? request, controller.signal).finally(() => {
    response.off('close', onClose)
  })
  if (isOver(response)) {
    await refusal?.body?.cancel()
    if (!refusal) await stream.cancel()
    return false
  }
  expectHeadUnsent(response)
  if (refusal) await writeRefusal(refusal, response, request.method === 'HEAD')
  return !refusal
}

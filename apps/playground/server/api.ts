import type { IncomingMessage, ServerResponse } from 'node:http'
import { createProgressStream } from '@tidewire/server'
import { pipeSSE } from '@tidewire/server/node'
import { MAX_SAMPLES, SAMPLE_INTERVAL } from '../src/shared/samples.ts'
import { type ChatOptions, createChat } from './chat.ts'
import { HTTPFailure, readJSON, sendFailure, sendJSON, toFailure } from './http.ts'
import { createMetrics } from './metrics.ts'
import { createOrders, type OrdersOptions } from './orders.ts'
import { MIN_RATE, receiveFile, type ReceiveOptions } from './receiveFile.ts'
import { findHandler, type Handler, type Route, urlOf } from './routes.ts'
import type { Upload } from './upload.ts'
import { createUploads, type UploadsOptions } from './uploads.ts'

export interface APIOptions extends UploadsOptions, Omit<ReceiveOptions, 'maxRate'>, ChatOptions, OrdersOptions {
  /** How long an announcement may take to arrive, in milliseconds. @default 10_000 */
  maxAnnouncementTime?: number
}

export interface API {
  /** Answers a request under `/api`, and those for the hubs; every failure is an answer too. */
  handle(req: IncomingMessage, res: ServerResponse): Promise<void>
  /** Ends the streams and forgets the uploads and the sessions. */
  close(): void
}

export function createAPI(options: APIOptions): API {
  const metrics = createMetrics({ interval: SAMPLE_INTERVAL, keep: MAX_SAMPLES })
  const uploads = createUploads(options)
  const chat = createChat(options)
  const orders = createOrders(options)

  const followMetrics: Handler = (req, res) => pipeSSE(metrics.stream(), req, res)

  const announce: Handler = async (req, res) => {
    const { maxAnnouncementTime: maxTime = 10_000 } = options
    const { size } = ((await readJSON(req, { maxBytes: 1024, maxTime })) ?? {}) as { size?: unknown }
    if (typeof size !== 'number' || !Number.isSafeInteger(size) || size < 0) {
      throw new HTTPFailure(400, 'invalid', 'Expected `size` to be a number of bytes.')
    }
    sendJSON(res, 201, { id: uploads.announce(size).id })
  }

  const receive: Handler = async (req, res, id) => {
    const upload = uploads.claim(id)
    try {
      const result = await receiveFile(upload, req, { ...options, maxRate: maxRateOf(req) })
      uploads.end(upload, () => upload.succeed(result))
      sendJSON(res, 200, result)
    } catch (error) {
      uploads.end(upload, () => upload.fail(toFailure(error)))
      throw error
    }
  }

  const cancel: Handler = async (_req, res, id) => {
    uploads.cancel(id)
    res.writeHead(204).end()
  }

  const followUpload: Handler = (req, res, id) => pipeSSE(progressOf(uploads.find(id)), req, res)

  const routes: Route[] = [
    [/^\/api\/metrics$/, { GET: followMetrics }],
    [/^\/api\/uploads$/, { POST: announce }],
    [/^\/api\/uploads\/([\w-]{1,64})$/, { PUT: receive, DELETE: cancel }],
    [/^\/api\/uploads\/([\w-]{1,64})\/progress$/, { GET: followUpload }],
    ...chat.routes,
    ...orders.routes,
  ]

  return {
    async handle(req, res) {
      try {
        const [handler, id] = findHandler(routes, req)
        await handler(req, res, id)
      } catch (error) {
        const failure = toFailure(error)
        if (failure.status === 500) console.error(error)
        await sendFailure(req, res, failure)
      }
    },
    close() {
      metrics.close()
      uploads.close()
      chat.close()
      orders.close()
    },
  }
}

/** Tells one reader how far an upload is, then how it has ended. A late reader gets the end at once. */
function progressOf(upload: Upload) {
  return createProgressStream(
    async (update, { signal }) => {
      while (!upload.ended && !signal.aborted) {
        update({ loaded: upload.loaded, total: upload.total })
        await upload.changed(signal)
      }
      return upload.result
    },
    {
      mapError: (error) => {
        const { code, message } = toFailure(error)
        return { code, message }
      },
      // Logged where it happened: an upload that was broken off is no failure of this stream.
      onError: () => {},
    },
  )
}

function maxRateOf(req: IncomingMessage): number | undefined {
  const rate = Number(urlOf(req).searchParams.get('maxRate'))
  return rate > 0 ? Math.max(MIN_RATE, rate) : undefined
}

import { createHash } from 'node:crypto'
import { open, rm } from 'node:fs/promises'
import type { IncomingMessage } from 'node:http'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { UploadResult } from '../src/shared/contract.ts'
import { HTTPFailure } from './http.ts'
import { readBody } from './readBody.ts'
import type { Upload } from './upload.ts'
import { tooLarge } from './uploads.ts'

/** The slowest that a sender may ask to be read, in bytes per second: a chunk is not waited for longer than a second. */
export const MIN_RATE = 2 ** 16

export interface ReceiveOptions {
  /** Where the file lies while it arrives. */
  directory: string
  /** The largest file, in bytes. */
  maxBytes: number
  /** Reads no faster than this, in bytes per second, so that the sender has to wait. */
  maxRate?: number | undefined
  /** How long the sender may be silent, in milliseconds. @default 30_000 */
  maxSilence?: number
  /** How long an upload may take in all, in milliseconds. @default 3_600_000 */
  maxTime?: number
}

/**
 * Streams a request's body to a file, counting what arrives, and removes the file again. Throws an `HTTPFailure` where
 * the file is not of the size that was announced, or its sender falls silent, takes too long or goes away.
 */
export async function receiveFile(
  upload: Upload,
  req: IncomingMessage,
  options: ReceiveOptions,
): Promise<UploadResult> {
  const { directory, maxBytes, maxRate = Infinity, maxSilence = 30_000, maxTime = 3_600_000 } = options
  const length = Number(req.headers['content-length'] ?? upload.total)
  if (length > maxBytes) throw tooLarge(maxBytes)
  if (length !== upload.total) throw sizeMismatch(upload, length)

  const path = join(directory, upload.id)
  const hash = createHash('sha256')
  const started = performance.now()
  const abortAfter = (ms: number, code: string, message: string) =>
    setTimeout(() => upload.abort(new HTTPFailure(408, code, message)), ms)
  const listen = () => abortAfter(maxSilence, 'stalled', 'The sender fell silent.')
  const deadline = abortAfter(maxTime, 'timeout', 'The upload took too long.')
  let silence = listen()
  const { signal } = upload
  try {
    signal.throwIfAborted()
    await using file = await open(path, 'wx')
    for await (const chunk of readBody(req, signal)) {
      // While it is the server that waits, its sender's silence means nothing.
      clearTimeout(silence)
      // Without a length in its header, a body tells its size only by arriving.
      if (upload.loaded + chunk.length > upload.total) throw sizeMismatch(upload, upload.loaded + chunk.length)
      await file.appendFile(chunk)
      hash.update(chunk)
      upload.receive(chunk.length)
      const ahead = (upload.loaded / maxRate) * 1000 - (performance.now() - started)
      if (ahead > 0) await delay(ahead, undefined, { signal })
      silence = listen()
    }
    if (upload.loaded !== upload.total) throw sizeMismatch(upload, upload.loaded)
  } catch (error) {
    signal.throwIfAborted()
    if (error instanceof HTTPFailure) throw error
    // Not `complete`: what has come may be dropped unread.
    if (req.destroyed && !req.readableEnded) throw new HTTPFailure(400, 'aborted', 'The upload was interrupted.')
    throw error
  } finally {
    clearTimeout(silence)
    clearTimeout(deadline)
    await rm(path, { force: true })
  }
  return { size: upload.loaded, sha256: hash.digest('hex'), took: Math.round(performance.now() - started) }
}

function sizeMismatch({ total }: Upload, size: number): HTTPFailure {
  return new HTTPFailure(
    400,
    'size-mismatch',
    `The file was announced with ${total} bytes, and ${size} bytes have come.`,
  )
}

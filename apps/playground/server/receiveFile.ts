import { createHash } from 'node:crypto'
import { open, rm } from 'node:fs/promises'
import type { IncomingMessage } from 'node:http'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { UploadResult } from '../src/shared/contract.ts'
import { HTTPFailure } from './http.ts'
import type { Upload } from './upload.ts'
import { tooLarge } from './uploads.ts'

export interface ReceiveOptions {
  /** Where the file lies while it arrives. */
  directory: string
  /** The largest file, in bytes. */
  maxBytes: number
  /** Reads no faster than this, in bytes per second, so that the sender has to wait. */
  maxRate?: number | undefined
  /** How long the sender may be silent, in milliseconds. @default 30_000 */
  maxSilence?: number
}

/**
 * Streams a request's body to a file, counting what arrives, and removes the file again. Throws an `HTTPFailure` where
 * the file is too large, or its sender falls silent or goes away.
 */
export async function receiveFile(
  upload: Upload,
  req: IncomingMessage,
  options: ReceiveOptions,
): Promise<UploadResult> {
  const { directory, maxBytes, maxRate = Infinity, maxSilence = 30_000 } = options
  const length = Number(req.headers['content-length'] ?? upload.total)
  if (length > maxBytes) throw tooLarge(maxBytes)
  upload.total = length

  const path = join(directory, upload.id)
  const hash = createHash('sha256')
  const started = performance.now()
  const silence = setTimeout(() => upload.abort(new HTTPFailure(408, 'stalled', 'The sender fell silent.')), maxSilence)
  const { signal } = upload
  const stop = () => void req.destroy()
  signal.addEventListener('abort', stop)
  try {
    signal.throwIfAborted()
    await using file = await open(path, 'wx')
    // Left open where it ends early, so that the refusal can still be answered.
    for await (const chunk of req.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      silence.refresh()
      // Without a length in its header, a body tells its size only by arriving.
      if (upload.loaded + chunk.length > maxBytes) throw tooLarge(maxBytes)
      await file.appendFile(chunk)
      hash.update(chunk)
      upload.receive(chunk.length)
      const ahead = (upload.loaded / maxRate) * 1000 - (performance.now() - started)
      if (ahead > 0) await delay(ahead, undefined, { signal })
    }
  } catch (error) {
    signal.throwIfAborted()
    if (req.errored) throw new HTTPFailure(400, 'aborted', 'The upload was interrupted.')
    throw error
  } finally {
    clearTimeout(silence)
    signal.removeEventListener('abort', stop)
    await rm(path, { force: true })
  }
  return { size: upload.loaded, sha256: hash.digest('hex'), took: Math.round(performance.now() - started) }
}

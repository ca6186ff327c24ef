import { randomUUID } from 'node:crypto'
import { HTTPFailure } from './http.ts'
import { Upload } from './upload.ts'

export interface UploadsOptions {
  /** The largest file, in bytes. */
  maxBytes: number
  /** How many uploads are known at once, ended ones too. @default 64 */
  maxUploads?: number
  /** How long an announced upload may take to begin, in milliseconds. @default 30_000 */
  maxWait?: number
  /** How long an ended upload still answers with its end, in milliseconds. @default 60_000 */
  keep?: number
}

export type Uploads = ReturnType<typeof createUploads>

/** Knows every upload by its id, and forgets each in time. */
export function createUploads({ maxBytes, maxUploads = 64, maxWait = 30_000, keep = 60_000 }: UploadsOptions) {
  const uploads = new Map<string, Upload>()
  const timers = new Map<Upload, NodeJS.Timeout>()

  function after(ms: number, upload: Upload, then: () => void) {
    clearTimeout(timers.get(upload))
    timers.set(upload, setTimeout(then, ms).unref())
  }

  function forget(upload: Upload) {
    clearTimeout(timers.get(upload))
    timers.delete(upload)
    uploads.delete(upload.id)
  }

  function makeRoom() {
    if (uploads.size < maxUploads) return
    const ended = [...uploads.values()].find((upload) => upload.ended)
    if (!ended) throw new HTTPFailure(503, 'busy', 'Too many uploads are under way. Try again in a moment.')
    forget(ended)
  }

  return {
    maxBytes,

    /** Announces an upload. The id is the server's, so nobody can guess another's or point it at a path. */
    announce(size: number): Upload {
      if (size > maxBytes) throw tooLarge(maxBytes)
      makeRoom()
      const upload = new Upload(randomUUID(), size)
      uploads.set(upload.id, upload)
      after(maxWait, upload, () => {
        this.end(upload, () => upload.fail(new HTTPFailure(408, 'expired', 'The file was never sent.')))
      })
      return upload
    },

    /** Finds an upload. Unknown, malformed and forgotten ids are the same to a stranger. */
    find(id: string): Upload {
      const upload = uploads.get(id)
      if (!upload) throw new HTTPFailure(404, 'not-found', 'There is no such upload.')
      return upload
    },

    /** Takes an upload for the one request that sends its file. */
    claim(id: string): Upload {
      const upload = this.find(id)
      if (upload.claimed || upload.ended) throw new HTTPFailure(409, 'conflict', 'This upload has already begun.')
      clearTimeout(timers.get(upload))
      upload.claimed = true
      return upload
    },

    /** Stops an upload. Its sender may be gone unheard: what it has sent ahead waits to be read before its end. */
    cancel(id: string): void {
      const upload = this.find(id)
      const failure = new HTTPFailure(400, 'cancelled', 'The upload was cancelled.')
      upload.abort(failure)
      if (!upload.claimed) this.end(upload, () => upload.fail(failure))
    },

    /** Settles an upload, and keeps its end for late readers. */
    end(upload: Upload, settle: () => void): void {
      settle()
      after(keep, upload, () => forget(upload))
    },

    close(): void {
      for (const upload of [...uploads.values()]) {
        const failure = new HTTPFailure(503, 'closing', 'The server is shutting down.')
        upload.abort(failure)
        upload.fail(failure)
        forget(upload)
      }
    },
  }
}

export function tooLarge(maxBytes: number): HTTPFailure {
  return new HTTPFailure(413, 'too-large', `The file is larger than ${maxBytes} bytes.`)
}

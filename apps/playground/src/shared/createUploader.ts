import type { Failure, UploadProgress, UploadResult } from './contract.ts'
import { createStore } from './createStore.ts'
import { pickFile } from './pickFile.ts'
import { type Sending, type SendOptions, sendFile } from './sendFile.ts'
import { idleUpload, reduceUpload, type UploadAction, type UploadEvent, type UploadState } from './upload.ts'

export type Uploader = ReturnType<typeof createUploader>

/** Holds one upload at a time. It knows no framework: a hook subscribes, and follows the progress stream for it. */
export function createUploader() {
  const { getState, subscribe, dispatch } = createStore<UploadState, UploadAction>(idleUpload, reduceUpload)
  let sending: Sending | undefined
  let tokens = 0

  function send(file: File, options: SendOptions): void {
    sending?.cancel()
    const token = ++tokens
    dispatch({ type: 'send', file, token, time: Date.now() })
    sending = sendFile(file, options, (event: UploadEvent) => dispatch({ ...event, token }))
  }

  return {
    getState,
    subscribe,
    /** Sends the file that was chosen or dropped, or says why not. */
    pick(from: DataTransfer | HTMLInputElement, options: SendOptions): void {
      // Whatever the page shows, the choice may come from a dialog that was opened before.
      if (getState().phase === 'sending') return
      const picked = pickFile(from)
      if (picked instanceof File) send(picked, options)
      else if (picked) dispatch(picked)
    },
    send,
    cancel: (): void => sending?.cancel(),
    clear: (): void => dispatch({ type: 'clear' }),
    /** Lets the announced file go. */
    begin: (): void => sending?.begin(),
    /** Handlers for the progress stream of the upload that has this token. */
    handlersOf: (token: number | undefined) => ({
      progress: (progress: UploadProgress) => dispatch({ type: 'progress', progress, time: Date.now(), token }),
      complete: ({ result }: { result: UploadResult }) => dispatch({ type: 'done', result, token }),
      error: (failure: Failure) => dispatch({ type: 'failed', failure, token }),
    }),
  }
}

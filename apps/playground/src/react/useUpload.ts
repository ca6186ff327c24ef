import { useEventStream } from '@tidewire/react'
import { useEffect, useState, useSyncExternalStore } from 'react'
import { uploadEvents } from '../shared/contract.ts'
import { createUploader } from '../shared/createUploader.ts'
import { progressRetry, progressURL } from '../shared/upload.ts'

/** One upload at a time, and the stream that tells what has arrived of it. */
export function useUpload() {
  const [uploader] = useState(createUploader)
  const state = useSyncExternalStore(uploader.subscribe, uploader.getState)
  const { status } = useEventStream(progressURL(state), {
    events: uploadEvents,
    on: uploader.handlersOf(state.token),
    onOpen: uploader.begin,
    onError: uploader.begin,
    retry: progressRetry,
  })
  useEffect(() => uploader.cancel, [uploader])
  return { state, status, uploader }
}

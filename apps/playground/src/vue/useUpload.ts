import { useEventStream } from '@tidewire/vue'
import { onScopeDispose, type Ref, shallowRef } from 'vue'
import { uploadEvents } from '../shared/contract.ts'
import { type SendOptions, sendFile } from '../shared/sendFile.ts'
import {
  idleUpload,
  progressURL,
  reduceUpload,
  type UploadAction,
  uploadHandlers,
  type UploadState,
} from '../shared/upload.ts'

/** One upload at a time: the request that sends it, and the stream that tells what has arrived. */
export function useUpload() {
  const state: Ref<UploadState> = shallowRef(idleUpload)
  const dispatch = (action: UploadAction) => {
    state.value = reduceUpload(state.value, action)
  }
  const running = shallowRef(() => {})
  useEventStream(() => progressURL(state.value), {
    events: uploadEvents,
    on: uploadHandlers(dispatch),
    retry: { maxAttempts: 5 },
  })
  onScopeDispose(() => running.value())

  return {
    state,
    dispatch,
    send: (file: File, options: SendOptions) => {
      running.value = sendFile(file, options, dispatch)
    },
    cancel: () => running.value(),
  }
}

import { useEventStream } from '@tidewire/vue'
import { computed, onScopeDispose } from 'vue'
import { uploadEvents } from '../shared/contract.ts'
import { createUploader } from '../shared/createUploader.ts'
import { progressRetry, progressURL } from '../shared/upload.ts'
import { useStore } from './useStore.ts'

/** One upload at a time, and the stream that tells what has arrived of it. */
export function useUpload() {
  const uploader = createUploader()
  const state = useStore(uploader)
  const token = computed(() => state.value.token)
  const { status } = useEventStream(() => progressURL(state.value), {
    events: uploadEvents,
    // Read together with the URL, so that the handlers belong to the stream's own upload.
    get on() {
      return uploader.handlersOf(token.value)
    },
    onOpen: uploader.begin,
    onError: uploader.begin,
    retry: progressRetry,
  })
  onScopeDispose(uploader.cancel)
  return { state, status, uploader }
}

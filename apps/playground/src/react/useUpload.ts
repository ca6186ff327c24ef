import { useEventStream } from '@tidewire/react'
import { useEffect, useReducer, useRef } from 'react'
import { uploadEvents } from '../shared/contract.ts'
import { type SendOptions, sendFile } from '../shared/sendFile.ts'
import { idleUpload, progressURL, reduceUpload, uploadHandlers } from '../shared/upload.ts'

/** One upload at a time: the request that sends it, and the stream that tells what has arrived. */
export function useUpload() {
  const [state, dispatch] = useReducer(reduceUpload, idleUpload)
  const running = useRef(() => {})
  useEventStream(progressURL(state), {
    events: uploadEvents,
    on: uploadHandlers(dispatch),
    retry: { maxAttempts: 5 },
  })
  useEffect(() => () => running.current(), [])

  return {
    state,
    dispatch,
    send: (file: File, options: SendOptions) => {
      running.current = sendFile(file, options, dispatch)
    },
    cancel: () => running.current(),
  }
}

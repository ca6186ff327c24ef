import { SSEError } from '@tidewire/protocol'
import type { AnyCallbacks } from './dispatch.ts'
import type { CloseReason, Gap } from './state.ts'
import type { SSEMessage } from './types.ts'

/** How many events wait for a slow loop. */
const MAX_WAITING = 1024

/** What is iterated over. */
export interface Iterated {
  readonly status: string
  readonly closeReason: CloseReason | undefined
  readonly error: SSEError | undefined
  attach: (sink: { callbacks: AnyCallbacks }) => () => void
  onGap: (gap: Gap) => void
}

/** Iterates over the events of a stream from here on. */
export function iterate(stream: Iterated): AsyncIterableIterator<SSEMessage, undefined> {
  const waiting: SSEMessage[] = []
  let isOver = stream.status === 'closed'
  // Also for a loop that begins when it is over already.
  let failure = isOver ? stream.error : undefined
  let news: Promise<void> | undefined
  let wake: (() => void) | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  // Not before the loop has had its turn: a chunk may hold more.
  const cut = () => {
    timer = undefined
    if (waiting.length <= MAX_WAITING) return
    waiting.splice(0, waiting.length - MAX_WAITING)
    const error = new SSEError('overflow', `A loop is more than ${MAX_WAITING} events behind.`)
    stream.onGap({ reason: 'dropped', error })
  }
  const call = () => {
    news = undefined
    wake?.()
  }
  const end = () => {
    isOver = true
    failure = stream.error
    detach()
    call()
  }
  const detach = stream.attach({
    callbacks: {
      onEvent(event) {
        waiting.push(event)
        call()
        if (waiting.length > MAX_WAITING) timer ??= setTimeout(cut)
      },
      onClose: end,
    },
  })
  return {
    async next() {
      if (waiting.length === 0 && !isOver) {
        await (news ??= new Promise((resolve) => {
          wake = resolve
        }))
        return this.next()
      }
      const value = waiting.shift()
      if (value) return { done: false, value }
      if (failure) throw failure
      return { done: true, value: undefined }
    },
    async return() {
      waiting.length = 0
      end()
      failure = undefined
      return { done: true, value: undefined }
    },
    [Symbol.asyncIterator]() {
      return this
    },
  }
}

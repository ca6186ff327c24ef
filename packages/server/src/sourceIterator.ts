import type { SSEEvent } from './sseEvent.ts'

type SourceIterator = AsyncIterator<SSEEvent | Uint8Array, unknown>

/** Iterates what can be: undefined for anything else. A stream's `return` ends it at once, also while `next` waits. */
export function iteratorOf(value: unknown): SourceIterator | undefined {
  const source = Object(value) as Partial<ReadableStream<SSEEvent> & AsyncIterable<SSEEvent> & { destroy(): unknown }>
  // A stream's own iterator would return only after the next event.
  if (typeof source.getReader === 'function') return readToEnd(source as ReadableStream<SSEEvent>)
  const iterator = typeof source[Symbol.asyncIterator] === 'function' ? source[Symbol.asyncIterator]?.() : undefined
  if (!iterator || typeof source.destroy !== 'function') return iterator
  return destroyOnReturn(iterator, () => source.destroy?.())
}

function readToEnd(stream: ReadableStream<SSEEvent>): SourceIterator {
  const reader = stream.getReader()
  return {
    next: () => reader.read(),
    return: async () => ({ done: true, value: await reader.cancel() }),
  }
}

/** Iterates a stream of node, whose `next` rejects when it is destroyed. */
function destroyOnReturn(iterator: SourceIterator, destroy: () => unknown): SourceIterator {
  let isDestroyed = false
  return {
    next: async () => {
      try {
        return await iterator.next()
      } catch (error) {
        if (!isDestroyed) throw error
        return { done: true, value: undefined }
      }
    },
    return: async () => {
      isDestroyed = true
      return { done: true, value: await destroy() }
    },
  }
}

import { markHandled } from './markHandled.ts'

/** What an observable tells its observer. */
export interface SSEObserver<T> {
  next(value: T): void
  error(error: unknown): void
  complete(): void
}

/** An observable as RxJS has it: only `subscribe` is needed. */
export interface SSEObservable<T> {
  subscribe(observer: SSEObserver<T>): { unsubscribe(): unknown } | (() => unknown)
}

/** Finds the observable that a value is, or gives by `Symbol.observable`. */
export function toObservable(value: unknown): SSEObservable<unknown> | undefined {
  const object = Object(value) as Record<PropertyKey, unknown>
  const give = object[(Symbol as { observable?: symbol }).observable ?? '@@observable'] ?? object['@@observable']
  const given = Object(typeof give === 'function' ? give.call(value) : value) as SSEObservable<unknown>
  return typeof given.subscribe === 'function' ? given : undefined
}

/**
 * Follows an observable to its end. What `next` throws ends it as failed. Returns the promise of its end, and what
 * unsubscribes: to be called after the end, too, as it never does so by itself.
 */
export function observe<T>(
  observable: SSEObservable<T>,
  next: (value: T) => void,
): { ended: Promise<void>; stop: () => unknown } {
  const { promise: ended, resolve, reject } = Promise.withResolvers<void>()
  let isOver = false
  const finish = (settle: () => void) => {
    isOver = true
    settle()
  }
  const subscription = observable.subscribe({
    next(value) {
      if (isOver) return
      try {
        next(value)
      } catch (error) {
        finish(() => reject(error))
      }
    },
    error: (error) => finish(() => reject(error)),
    complete: () => finish(resolve),
  })
  const stop = () => {
    isOver = true
    return typeof subscription === 'function' ? subscription() : subscription?.unsubscribe()
  }
  return { ended: markHandled(ended), stop }
}

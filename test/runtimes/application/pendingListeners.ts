// No runtime tells who listens to a signal: so what its methods are called with is watched.
const pending = new Map<AbortSignal, Set<unknown>>()

const { addEventListener, removeEventListener } = EventTarget.prototype

Object.assign(AbortSignal.prototype, {
  addEventListener(this: AbortSignal, type: string, listener: EventListener, options?: AddEventListenerOptions): void {
    addEventListener.call(this, type, listener, options)
    if (this.aborted) return
    // Not asked later whether it has aborted: workerd lets no other request ask.
    if (!pending.has(this)) addEventListener.call(this, 'abort', () => pending.delete(this), { once: true })
    const listeners = pending.get(this) ?? new Set()
    pending.set(this, listeners.add(listener))
  },
  removeEventListener(this: AbortSignal, type: string, listener: EventListener): void {
    removeEventListener.call(this, type, listener)
    const listeners = pending.get(this)
    listeners?.delete(listener)
    if (listeners?.size === 0) pending.delete(this)
  },
})

/** How many listeners of the application and of the library wait for signals that may yet abort. */
export function pendingListeners(): number {
  return [...pending.values()].reduce((sum, listeners) => sum + listeners.size, 0)
}

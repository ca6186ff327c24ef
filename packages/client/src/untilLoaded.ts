import type { Gap } from './state.ts'

/** What is waited for. */
export interface Loading {
  subscribe: (listener: () => void) => () => void
  getSnapshot: () => { readonly status: string; readonly lastEvent: unknown }
}

/**
 * For how long a component may take to come, in milliseconds. One that waits is asked as often whether it still does: of one that
 * was taken away meanwhile nobody would hear.
 */
const PATIENCE = 5000

/** For how long those who waited may take to see that it is over, in milliseconds, from when the first of them has. */
const GRACE = 100

const holds = new Map<object, Hold>()

/**
 * Follows something until its first event, for components that are not to be shown before; `owner` is the same for all that
 * wait for it. Returns undefined where there is nothing to wait for: an event has come, or none ever will. The wait may end
 * before that: then ask again.
 */
export function untilLoaded(owner: object, loading: Loading): Promise<void> | undefined {
  let hold = holds.get(owner)
  if (isLoaded(loading)) {
    hold?.show()
    return undefined
  }
  if (!hold) holds.set(owner, (hold = new Hold(owner, loading)))
  return (hold.wait ??= hold.begin())
}

/** Whether there is nothing to wait for. */
export function isLoaded({ getSnapshot }: Pick<Loading, 'getSnapshot'>): boolean {
  const { status, lastEvent } = getSnapshot()
  return lastEvent !== undefined || status === 'closed' || status === 'idle'
}

/** Whether it is followed for components that are not there yet. */
export function isHeld(owner: object): boolean {
  return holds.has(owner)
}

/** Keeps what those have missed who wait. */
export function keepGap(owner: object | undefined, gap: Gap): void {
  const hold = owner && holds.get(owner)
  if (hold) hold.gap = gap
}

/** One that has waited is there, and follows for itself. Returns what it has missed. */
export function letGo(owner: object): Gap | undefined {
  const hold = holds.get(owner)
  hold?.end()
  return hold?.gap
}

/** Ends the wait, and what was followed for it: whoever still waits asks again. */
export function drop(owner: object): void {
  holds.get(owner)?.drop()
}

/** Ends all waits. */
export function dropAll(): void {
  for (const hold of [...holds.values()]) hold.drop()
}

/** What is followed for components that are not there yet. */
class Hold {
  /** What they wait for now. */
  wait: Promise<void> | undefined
  /** What was lost meanwhile. */
  gap: Gap | undefined
  readonly #loading: Loading
  readonly #leave: () => void
  #isShown = false
  #resolve: (() => void) | undefined
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(owner: object, loading: Loading) {
    this.#loading = loading
    const off = loading.subscribe(() => isLoaded(loading) && this.#wake())
    this.#leave = () => {
      holds.delete(owner)
      off()
    }
  }

  begin(): Promise<void> {
    this.#after(PATIENCE, () => this.#wake())
    return new Promise((resolve) => {
      this.#resolve = resolve
    })
  }

  /** What has come is looked at: who asks once more for what is over, asks anew. */
  show(): void {
    if (this.#isShown || this.#loading.getSnapshot().status !== 'closed') return
    this.#isShown = true
    this.#after(GRACE, this.#leave)
  }

  end(): void {
    if (this.wait) return
    this.show()
    // In StrictMode a component comes, goes, and comes, in one turn.
    if (!this.#isShown) this.#after(0, this.#leave)
  }

  drop(): void {
    clearTimeout(this.#timer)
    this.#leave()
    this.#resolve?.()
  }

  #wake(): void {
    if (!this.wait) return
    this.wait = undefined
    this.#resolve?.()
    this.#after(PATIENCE, this.#leave)
  }

  #after(delay: number, act: () => void): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(act, delay)
  }
}

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

const holds = new WeakMap<object, Hold>()

/**
 * Follows something until its first event, for components that are not to be shown before; `owner` is the same for all that
 * wait for it. Returns undefined where there is nothing to wait for: an event has come, or none ever will. The wait may end
 * before that: then ask again.
 */
export function untilLoaded(owner: object, loading: Loading): Promise<void> | undefined {
  if (isLoaded(loading)) return undefined
  let hold = holds.get(owner)
  if (!hold) holds.set(owner, (hold = new Hold(owner, loading)))
  return (hold.wait ??= hold.begin())
}

/** One that has waited is there, and follows for itself. */
export function letGo(owner: object): void {
  holds.get(owner)?.end()
}

function isLoaded({ getSnapshot }: Loading): boolean {
  const { status, lastEvent } = getSnapshot()
  return lastEvent !== undefined || status === 'closed' || status === 'idle'
}

/** What is followed for components that are not there yet. */
class Hold {
  /** What they wait for now. */
  wait: Promise<void> | undefined
  readonly #leave: () => void
  #resolve: (() => void) | undefined
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(owner: object, loading: Loading) {
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

  end(): void {
    // In StrictMode a component comes, goes, and comes, in one turn.
    if (!this.wait) this.#after(0, this.#leave)
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

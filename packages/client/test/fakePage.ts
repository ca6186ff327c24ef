import { vi } from 'vitest'

/** The globals of a browser's page, by hand. */
export interface FakePage {
  /** How many listeners there are on the page and its window. */
  readonly listenerCount: number
  hide: () => void
  show: () => void
  /** Tells the window: `online`, `offline`. */
  tellWindow: (name: string) => void
  /** Tells the document: `freeze`, `resume`. */
  tellDocument: (name: string) => void
  /** Tells the window of a navigation: `pagehide`, `pageshow`. */
  turn: (name: 'pagehide' | 'pageshow', persisted: boolean) => void
}

/** Makes a page of this process, until `vi.unstubAllGlobals()`. */
export function stubPage({ isHidden = false } = {}): FakePage {
  let listenerCount = 0
  // What asks for a listener takes that very one away again.
  const watched = (target: EventTarget) => ({
    addEventListener(name: string, listener: EventListener) {
      listenerCount++
      target.addEventListener(name, listener)
    },
    removeEventListener(name: string, listener: EventListener) {
      listenerCount--
      target.removeEventListener(name, listener)
    },
  })
  const [window, document] = [new EventTarget(), new EventTarget()]
  const onWindow = watched(window)
  vi.stubGlobal('addEventListener', onWindow.addEventListener)
  vi.stubGlobal('removeEventListener', onWindow.removeEventListener)
  const stub = { ...watched(document), visibilityState: isHidden ? 'hidden' : 'visible' }
  vi.stubGlobal('document', stub)
  const turnTo = (visibilityState: string) => {
    stub.visibilityState = visibilityState
    document.dispatchEvent(new Event('visibilitychange'))
  }
  return {
    get listenerCount() {
      return listenerCount
    },
    hide: () => turnTo('hidden'),
    show: () => turnTo('visible'),
    tellWindow: (name) => void window.dispatchEvent(new Event(name)),
    tellDocument: (name) => void document.dispatchEvent(new Event(name)),
    turn: (name, persisted) => void window.dispatchEvent(Object.assign(new Event(name), { persisted })),
  }
}

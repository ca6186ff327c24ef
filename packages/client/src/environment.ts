/** What becomes of a connection by what happens around it. */
export interface Surroundings {
  /** It has to rest: there is no network, or the page is put aside. */
  pause: (reason: 'offline' | 'frozen') => void
  resume: (reason: 'offline' | 'frozen') => void
  /** The page is hidden, or shown again. Called at the beginning, too, where it is hidden. */
  onHidden: (isHidden: boolean) => void
  /** The machine has slept: whatever was connected before may be dead without a word. */
  onWake: () => void
}

const TICK = 10_000

const members = new Set<Surroundings>()
let stop: (() => void) | undefined

const tell = (call: (member: Surroundings) => void) => [...members].forEach(call)

/** Tells of the network, of the page and of sleep, until the returned function is called. */
export function watchEnvironment(member: Surroundings): () => void {
  members.add(member)
  stop ??= listen()
  if (isHidden()) member.onHidden(true)
  return () => {
    members.delete(member)
    if (members.size > 0) return
    stop?.()
    stop = undefined
  }
}

const isHidden = () => globalThis.document?.visibilityState === 'hidden'

function listen(): () => void {
  const { document } = globalThis
  const offs: (() => void)[] = []
  // Outside of browsers there is no such target.
  const on = (target: EventTarget | undefined, name: string, listener: (event: Event) => void) => {
    target?.addEventListener?.(name, listener)
    offs.push(() => target?.removeEventListener?.(name, listener))
  }
  let last = Date.now()
  let wasHidden = isHidden()
  // A timer that comes much too late has slept. Those of hidden pages are held back for a minute.
  const tick = () => {
    const late = Date.now() - last - TICK
    const patience = wasHidden ? 90_000 : 20_000
    last = Date.now()
    wasHidden = isHidden()
    if (late > patience) tell((member) => member.onWake())
  }
  const timer = setInterval(tick, TICK)
  on(globalThis, 'offline', () => tell((member) => member.pause('offline')))
  on(globalThis, 'online', () => tell((member) => member.resume('offline')))
  // A page that is kept for the way back must not have a connection; see web.dev/articles/bfcache.
  on(globalThis, 'pagehide', (event) => {
    if ((event as PageTransitionEvent).persisted) tell((member) => member.pause('frozen'))
  })
  on(globalThis, 'pageshow', () => tell((member) => member.resume('frozen')))
  on(document, 'freeze', () => tell((member) => member.pause('frozen')))
  on(document, 'resume', () => tell((member) => member.resume('frozen')))
  on(document, 'visibilitychange', () => {
    tick()
    tell((member) => member.onHidden(isHidden()))
  })
  return () => {
    clearInterval(timer)
    for (const off of offs) off()
  }
}

/** What the server's side of one case has seen. */
export interface Observation {
  /** How many sources run now. */
  running: number
  /** How many sources have run their `finally`. */
  finished: number
  /** How many sessions are open now. */
  sessions: number
  /** How many `onClose` callbacks have run. */
  closes: number
  /** How many session signals have aborted. */
  aborts: number
  /** How many events were produced. */
  produced: number
  /** What reached `onError`, as `stage: code`. */
  errors: string[]
  /** What a route has noted. */
  notes: unknown[]
  /** How often the case has told its source to go on. */
  releases: number
  /** How many readers its hub has now. */
  readers: number
}

/** What the server's side has seen of all cases. */
export interface HostState {
  running: number
  sessions: number
  /** How many readers hubs have now. */
  readers: number
  /** How many timers are pending. */
  timers: number
  /** How many listeners wait for signals to abort. */
  listeners: number
  /** What keeps the process alive, kind by kind. */
  handles: string[]
  /** Promises that were rejected, and nobody heard it; errors that nobody caught. */
  unhandled: string[]
}

const observations = new Map<string, Observation>()
const unhandled: string[] = []

/** The observation of a case, by the name that the case has chosen. */
export function observe(id: string): Observation {
  let observation = observations.get(id)
  if (!observation) {
    observation = {
      running: 0,
      finished: 0,
      sessions: 0,
      closes: 0,
      aborts: 0,
      produced: 0,
      errors: [],
      notes: [],
      releases: 0,
      readers: 0,
    }
    observations.set(id, observation)
  }
  return observation
}

/** Remembers a failure that nobody has handled. */
export function reportUnhandled(reason: unknown): void {
  unhandled.push(reason instanceof Error ? (reason.stack ?? reason.message) : String(reason))
}

export function hostState(counted: Pick<HostState, 'readers' | 'timers' | 'listeners' | 'handles'>): HostState {
  let running = 0
  let sessions = 0
  for (const observation of observations.values()) {
    running += observation.running
    sessions += observation.sessions
  }
  return { running, sessions, ...counted, unhandled }
}

import type { Surroundings } from './surroundings.ts'

/** What comes of a candidacy. */
export interface CandidacyHost {
  readonly name: string
  readonly locks: Surroundings['locks']
  /** It leads, until it resigns. */
  onLead: () => void
  /** Another tab has taken the lead. */
  onLoss: () => void
}

/** A tab's place in the line of those that may lead: there is one lock for all of them. */
export class Candidacy {
  readonly #host: CandidacyHost
  #resign: (() => void) | undefined

  constructor(host: CandidacyHost) {
    this.#host = host
  }

  /** Waits for the lead. */
  stand(): void {
    this.#request({})
  }

  /** Takes the lead from whoever has it. */
  seize(): void {
    this.#request({ steal: true })
  }

  /** Gives the lead up, or the place in the line. Idempotent. */
  resign(): void {
    this.#resign?.()
    this.#resign = undefined
  }

  #request(options: LockOptions): void {
    this.resign()
    const controller = new AbortController()
    const { signal } = controller
    const { name, locks, onLead, onLoss } = this.#host
    const over = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
    const lead = () => {
      if (signal.aborted) return
      onLead()
      return over
    }
    this.#resign = () => controller.abort()
    locks.request(name, options.steal ? options : { signal }, lead).catch(() => {
      if (!signal.aborted) onLoss()
    })
  }
}

/** Holds a lock that is free until the signal is aborted, and resolves when it is held. */
export function holdLock(locks: Surroundings['locks'], name: string, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const hold = () => {
      // It may have been granted before that.
      if (signal.aborted) return undefined
      resolve()
      return new Promise<void>((release) => signal.addEventListener('abort', () => release(), { once: true }))
    }
    locks.request(name, { signal }, hold).catch(reject)
  })
}

import { randomUUID } from 'node:crypto'
import type { Person } from '../src/shared/contract.ts'

/** Somebody who has signed in, for as long as this process lives. */
export interface Session extends Person {
  /** Nobody can guess it: who has it is who signed in. */
  readonly id: string
}

export interface SessionsOptions {
  /** How many sessions there are at once; one more ends the oldest. */
  maxSessions: number
  /** Called when a session has ended. */
  onEnd: (session: Session) => void
}

export interface Sessions {
  open(person: Person): Session
  /** Finds the session of a `Cookie` header. */
  find(cookie: string | null | undefined): Session | undefined
  end(session: Session): void
}

// Cookies know no ports: other servers of this machine have theirs beside it.
const NAME = 'tidewire-playground'
const PATTERN = new RegExp(`(?:^|; *)${NAME}=([\\w-]{36})(?:;|$)`)

/** Knows who is signed in. */
export function createSessions({ maxSessions, onEnd }: SessionsOptions): Sessions {
  const sessions = new Map<string, Session>()

  function end(session: Session): void {
    if (sessions.delete(session.id)) onEnd(session)
  }

  return {
    open({ name, isStaff }) {
      const [oldest] = sessions.values()
      if (oldest && sessions.size >= maxSessions) end(oldest)
      const session = { id: randomUUID(), name, isStaff }
      sessions.set(session.id, session)
      return session
    },
    find: (cookie) => sessions.get(PATTERN.exec(cookie ?? '')?.[1] ?? ''),
    end,
  }
}

/** The `Set-Cookie` of a session, or of its end. No script reads it, and no other site has it sent. */
export function toCookie(session: Session | undefined): string {
  return `${NAME}=${session?.id ?? ''}; Path=/; HttpOnly; SameSite=Strict${session ? '' : '; Max-Age=0'}`
}

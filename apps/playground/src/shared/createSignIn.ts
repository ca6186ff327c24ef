import { ask, askWith, problemOf } from './ask.ts'
import type { Person } from './contract.ts'
import { createStore } from './createStore.ts'

/** Whether somebody is signed in. `person` is undefined until the server has said so, and null for nobody. */
export interface SignInState {
  person?: Person | null
  /** What went wrong, for a person. */
  problem?: string
}

const EXPIRED = 'The server no longer knows you: it may have been started again. Please sign in once more.'

export type SignIn = ReturnType<typeof createSignIn>

/** Knows who is signed in on this page. It knows no framework. */
export function createSignIn() {
  const { getState, subscribe, dispatch } = createStore<SignInState, SignInState>({}, (_, next) => next)

  async function follow(answer: Promise<Person | null | undefined>): Promise<void> {
    try {
      dispatch({ person: (await answer) ?? null })
    } catch (error) {
      dispatch({ person: getState().person ?? null, problem: problemOf(error) })
    }
  }

  return {
    getState,
    subscribe,
    /** Asks the server who is signed in. */
    load: (): void => void follow(ask<Person | null>('/api/session')),
    enter: (person: Person): void => void follow(askWith<Person>('/api/session', person)),
    leave: (): void => void follow(ask<undefined>('/api/session', { method: 'DELETE' })),
    /** Says that the server knows nobody by this cookie. */
    expire: (): void => dispatch({ person: null, problem: EXPIRED }),
  }
}

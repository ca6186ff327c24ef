import { useEffect, useState, useSyncExternalStore } from 'react'
import { createSignIn } from '../shared/createSignIn.ts'

/** Who is signed in, and how to be somebody else. */
export function useSignIn() {
  const [signIn] = useState(createSignIn)
  const { person, problem } = useSyncExternalStore(signIn.subscribe, signIn.getState)
  useEffect(() => signIn.load(), [signIn])
  return { person, problem, signIn }
}

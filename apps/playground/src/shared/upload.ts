import type { Failure, UploadProgress, UploadResult } from './contract.ts'

/** Where an upload is in its life. */
export type UploadPhase = 'idle' | 'sending' | 'done' | 'failed' | 'cancelled'

export interface UploadState {
  phase: UploadPhase
  /** Tells this upload from every other of this page. */
  token?: number
  /** What is sent, or was. */
  file?: File
  /** The server's name for it, once it has one. */
  id?: string
  /** What the server has last said. */
  progress?: UploadProgress
  /** When it said so, or when the upload began. */
  heardAt?: number
  result?: UploadResult
  failure?: Failure
}

/** What happens to a running upload. */
export type UploadEvent =
  | { type: 'announced'; id: string }
  | { type: 'progress'; progress: UploadProgress; time: number }
  | { type: 'done'; result: UploadResult }
  | { type: 'failed'; failure: Failure }
  | { type: 'cancel' }

export type UploadAction =
  | { type: 'send'; file: File; token: number; time: number }
  | { type: 'refuse'; file?: File; failure: Failure }
  | { type: 'clear' }
  | (UploadEvent & { token: number | undefined })

export const idleUpload: UploadState = { phase: 'idle' }

/** The code of a failure that is only known by the silence of the server. */
export const LOST = 'lost'

// How much a failure knows. A lost connection may have been the server's refusal, and what the server takes for a
// sender that went away may have been a file that cannot be read: who knows more has the last word.
const KNOWLEDGE: Record<string, number> = { [LOST]: 0, aborted: 1 }
const ENOUGH = 2

function knowledgeOf({ phase, failure }: UploadState): number {
  if (phase === 'sending') return -1
  return phase === 'failed' && failure ? (KNOWLEDGE[failure.code] ?? ENOUGH) : ENOUGH
}

/**
 * The one road from what happens to what is shown. The answer to the request and the progress stream both tell how an
 * upload ends; whichever comes first counts. What is said of an upload that is no longer shown counts for nothing.
 */
export function reduceUpload(state: UploadState, action: UploadAction): UploadState {
  if (action.type === 'send') {
    return { phase: 'sending', token: action.token, file: action.file, heardAt: action.time }
  }
  if (action.type === 'refuse') {
    return { phase: 'failed', ...(action.file && { file: action.file }), failure: action.failure }
  }
  if (action.type === 'clear') return idleUpload
  if (action.token === undefined || action.token !== state.token) return state
  const known = knowledgeOf(state)
  if (action.type === 'failed') {
    const { failure } = action
    const next: UploadState = { ...state, phase: 'failed', failure }
    return knowledgeOf(next) > known ? next : state
  }
  if (action.type === 'done') {
    const { failure: _, ...rest } = state
    return known < ENOUGH ? { ...rest, phase: 'done', result: action.result } : state
  }
  if (state.phase !== 'sending') return state
  switch (action.type) {
    case 'announced':
      return { ...state, id: action.id }
    case 'progress':
      return { ...state, progress: action.progress, heardAt: action.time }
    case 'cancel':
      return { ...state, phase: 'cancelled' }
  }
}

/** The progress stream to follow, for as long as it may have something to say. */
export function progressURL({ phase, id, failure }: UploadState): string | undefined {
  const isOpen = phase === 'sending' || (phase === 'failed' && failure?.code === LOST)
  return id !== undefined && isOpen ? `/api/uploads/${id}/progress` : undefined
}

// What sending the same file again cannot mend.
const FINAL = new Set(['too-large', 'unreadable'])

/** Whether sending the same file again may go better. */
export function canRetry({ phase, file, failure }: UploadState): boolean {
  return file !== undefined && (phase === 'cancelled' || (phase === 'failed' && !FINAL.has(failure?.code ?? '')))
}

/** How the progress stream comes back: soon, for an upload is short, and not for ever. */
export const progressRetry = { maxDelay: 2000, maxAttempts: 30 }

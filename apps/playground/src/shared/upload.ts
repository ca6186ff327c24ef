import type { Description } from './connection.ts'
import type { Failure, UploadProgress, UploadResult } from './contract.ts'
import { formatBytes, formatTook, formatWait } from './format.ts'

/** Where an upload is in its life. */
export type UploadPhase = 'idle' | 'sending' | 'done' | 'failed' | 'cancelled'

export interface UploadState {
  phase: UploadPhase
  /** What is sent, or was. */
  file?: File
  /** The server's name for it, once it has one. */
  id?: string
  /** What the server has last said. */
  progress?: UploadProgress
  result?: UploadResult
  failure?: Failure
}

export type UploadAction =
  | { type: 'send'; file: File }
  | { type: 'refuse'; file?: File; failure: Failure }
  | { type: 'announced'; id: string }
  | { type: 'progress'; progress: UploadProgress }
  | { type: 'done'; result: UploadResult }
  | { type: 'failed'; failure: Failure }
  | { type: 'cancel' }
  | { type: 'clear' }

export const idleUpload: UploadState = { phase: 'idle' }

/**
 * The one road from what happens to what is shown. The answer to the request and the progress stream both tell how an
 * upload ends; whichever comes first counts.
 */
export function reduceUpload(state: UploadState, action: UploadAction): UploadState {
  if (action.type === 'send') return { phase: 'sending', file: action.file }
  if (action.type === 'refuse') {
    return { phase: 'failed', ...(action.file && { file: action.file }), failure: action.failure }
  }
  if (action.type === 'clear') return idleUpload
  // A lost connection may have been the server's refusal: its own word is better than a guess.
  const isGuess = state.phase === 'failed' && state.failure?.code === LOST
  if (state.phase !== 'sending' && !(isGuess && (action.type === 'done' || action.type === 'failed'))) return state
  switch (action.type) {
    case 'announced':
      return { ...state, id: action.id }
    case 'progress':
      return { ...state, progress: action.progress }
    case 'done': {
      const { failure: _, ...rest } = state
      return { ...rest, phase: 'done', result: action.result }
    }
    case 'failed':
      return { ...state, phase: 'failed', failure: action.failure }
    case 'cancel':
      return { ...state, phase: 'cancelled' }
  }
}

/** The code of a failure that is only known by the silence of the server. */
export const LOST = 'lost'

/** Handlers that carry the events of the progress stream to the reducer. */
export function uploadHandlers(dispatch: (action: UploadAction) => void) {
  return {
    progress: (progress: UploadProgress) => dispatch({ type: 'progress', progress }),
    complete: ({ result }: { result: UploadResult }) => dispatch({ type: 'done', result }),
    error: (failure: Failure) => dispatch({ type: 'failed', failure }),
  }
}

/** The progress stream to follow, for as long as it may have something to say. */
export function progressURL({ phase, id, failure }: UploadState): string | undefined {
  const isOpen = phase === 'sending' || (phase === 'failed' && failure?.code === LOST)
  return id !== undefined && isOpen ? `/api/uploads/${id}/progress` : undefined
}

/** How much has arrived, from 0 to 100. */
export function percentOf({ phase, progress }: UploadState): number {
  return phase === 'done' ? 100 : (progress?.percent ?? 0)
}

/** Whether sending the same file again may go better. */
export function canRetry({ phase, file, failure }: UploadState): boolean {
  return file !== undefined && (phase === 'cancelled' || (phase === 'failed' && failure?.code !== 'too-large'))
}

/** Says where an upload is. */
export function describeUpload(state: UploadState): Description {
  const description = describePhase(state)
  const { label, detail } = description
  const announcements: Record<UploadPhase, string> = {
    idle: '',
    sending: `Uploading ${state.file?.name}`,
    done: `${label}. ${detail}`,
    failed: `${label}. ${detail}`,
    cancelled: `${label}. ${detail}`,
  }
  return { ...description, announcement: announcements[state.phase] }
}

function describePhase(state: UploadState): Omit<Description, 'announcement'> {
  const { phase, file, progress, result, failure } = state
  const size = formatBytes(file?.size ?? 0)
  const loaded = progress ? `${formatBytes(progress.loaded)} of ${formatBytes(progress.total)}` : ''
  switch (phase) {
    case 'idle':
      return { tone: 'idle', label: 'Nothing on its way', detail: 'Choose a file to see its bytes arrive.' }
    case 'sending': {
      if (!progress?.loaded) return { tone: 'busy', label: 'Uploading', detail: `0 B of ${size}` }
      const rate = progress.rate ? ` · ${formatBytes(progress.rate)}/s` : ''
      const left = progress.timeLeft === undefined ? '' : ` · ${formatWait(progress.timeLeft)} left`
      return { tone: 'busy', label: 'Uploading', detail: loaded + rate + left }
    }
    case 'done': {
      const took = result ? `${formatBytes(result.size)} in ${formatTook(result.took)}` : size
      return { tone: 'good', label: 'Done', detail: `The server received ${took}, and has removed it.` }
    }
    case 'failed':
      return { tone: 'bad', label: 'Failed', detail: failure?.message ?? 'The upload has failed.' }
    case 'cancelled':
      return { tone: 'idle', label: 'Cancelled', detail: loaded ? `${loaded} had arrived.` : 'Nothing had arrived.' }
  }
}

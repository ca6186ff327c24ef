import type { EventStreamStatus } from '@tidewire/client'
import type { Description } from './connection.ts'
import { shortNameOf } from './fileName.ts'
import { formatBytes, formatRate, formatTook, formatWait } from './format.ts'
import type { UploadPhase, UploadState } from './upload.ts'

export interface UploadDescription extends Description {
  /** How much has arrived; undefined where nobody knows, or where nothing was sent. */
  percent: number | undefined
}

/** From when on a silence is worth a word, in milliseconds: what was said before is no longer so. */
const MAX_SILENCE = 2000

/** Says where an upload is, by what is known of it at a time, and by how its progress stream is. */
export function describeUpload(state: UploadState, now: number, stream: EventStreamStatus): UploadDescription {
  const description = describePhase(state, now, stream)
  const { label, detail } = description
  const announcements: Record<UploadPhase, string> = {
    idle: '',
    sending: state.file ? `Uploading ${shortNameOf(state.file)}` : '',
    done: `${label}. ${detail}`,
    failed: `${label}. ${detail}`,
    cancelled: `${label}. ${detail}`,
  }
  return { ...description, announcement: announcements[state.phase] }
}

function describePhase(
  state: UploadState,
  now: number,
  stream: EventStreamStatus,
): Omit<UploadDescription, 'announcement'> {
  const { phase, file, progress, result, failure } = state
  const percent = progress?.percent
  const loaded = progress ? `${formatBytes(progress.loaded)} of ${formatBytes(progress.total)}` : ''
  switch (phase) {
    case 'idle':
      return { tone: 'idle', label: 'Nothing on its way', detail: 'Choose a file to see its bytes arrive.', percent }
    case 'sending':
      return { tone: 'busy', label: 'Uploading', ...describeProgress(state, now, stream) }
    case 'done': {
      const took = result && ` in ${formatTook(result.took)}`
      const detail = `The server received ${formatBytes(result?.size ?? file?.size ?? 0)}${took ?? ''}, and has removed it.`
      return { tone: 'good', label: 'Done', detail, percent: 100 }
    }
    case 'failed':
      return { tone: 'bad', label: 'Failed', detail: failure?.message ?? 'The upload has failed.', percent }
    case 'cancelled': {
      const detail = loaded ? `${loaded} had arrived.` : 'Nothing had arrived.'
      return { tone: 'idle', label: 'Cancelled', detail, percent }
    }
  }
}

function describeProgress({ file, progress, heardAt, id }: UploadState, now: number, stream: EventStreamStatus) {
  const percent = progress?.percent
  const loaded = `${formatBytes(progress?.loaded ?? 0)} of ${formatBytes(progress?.total ?? file?.size ?? 0)}`
  const silence = now - (heardAt ?? now)
  const isSilent = silence > MAX_SILENCE
  if (id !== undefined && (stream === 'reconnecting' || stream === 'closed' || (stream === 'connecting' && isSilent))) {
    const attempt = stream === 'closed' ? '' : `: ${stream}`
    const blind = `rogress is not available${attempt}`
    return { detail: progress ? `${loaded} · p${blind}` : `P${blind}`, percent }
  }
  const parts = [loaded]
  if (isSilent) parts.push(`no progress for ${Math.floor(silence / 1000)} s`)
  else if (progress?.loaded) {
    if (progress.rate) parts.push(formatRate(progress.rate))
    if (progress.timeLeft !== undefined) parts.push(`${formatWait(progress.timeLeft)} left`)
  }
  return { detail: parts.join(' · '), percent: percent ?? 0 }
}

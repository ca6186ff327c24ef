import type { EventStreamStatus } from '@tidewire/client'
import { useRef } from 'react'
import { describeUpload } from '../shared/describeUpload.ts'
import { nameOf, splitName } from '../shared/fileName.ts'
import { onSingleClick } from '../shared/onSingleClick.ts'
import { canRetry, type UploadState } from '../shared/upload.ts'
import { useHeir } from './useHeir.ts'
import { useNow } from './useNow.ts'

interface Props {
  state: UploadState
  /** How the progress stream is. */
  status: EventStreamStatus
  onCancel: () => void
  onClear: () => void
  onRetry: (file: File) => void
}

export function UploadOutcome({ state, status, onCancel, onClear, onRetry }: Props) {
  const { phase, file } = state
  const now = useNow(phase === 'sending')
  const { tone, label, detail, announcement, percent } = describeUpload(state, now, status)
  const whole = percent === undefined ? undefined : Math.floor(percent)
  const name = file && nameOf(file)
  const [head, tail] = splitName(name ?? '\u00a0')
  const end = useRef<HTMLButtonElement>(null)
  const heir = useHeir(end)

  return (
    <div className={`outcome tone-${tone}`} data-phase={phase}>
      <div className="outcome-head">
        <span className="hidden" role="status">
          {announcement}
        </span>
        <span className="status">{label}</span>
        <span className="percent">{whole === undefined ? '' : `${whole} %`}</span>
      </div>
      <div
        className={whole === undefined && phase === 'sending' ? 'bar unknown' : 'bar'}
        role="progressbar"
        // Where nothing was sent, there is nothing to tell.
        aria-hidden={whole === undefined && phase !== 'sending'}
        aria-label={name ? `Upload of ${name}` : 'Upload'}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={whole}
        aria-valuetext={whole === undefined ? detail : `${whole} %, ${detail}`}
      >
        <div style={{ transform: `scaleX(${(percent ?? 0) / 100})` }} />
      </div>
      <p className="file" dir="auto" title={name}>
        <bdi>{head}</bdi>
        <bdi>{tail}</bdi>
      </p>
      <p className="detail">{detail}</p>
      <div className="buttons">
        {phase !== 'idle' && (
          <button
            ref={end}
            type="button"
            className="button"
            onClick={onSingleClick(phase === 'sending' ? onCancel : onClear)}
          >
            {phase === 'sending' ? 'Cancel' : 'Clear'}
          </button>
        )}
        {file && canRetry(state) && (
          <button ref={heir} type="button" className="button" onClick={() => onRetry(file)}>
            Try again
          </button>
        )}
      </div>
    </div>
  )
}

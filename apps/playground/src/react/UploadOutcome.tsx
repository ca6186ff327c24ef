import { canRetry, describeUpload, percentOf, type UploadState } from '../shared/upload.ts'

interface Props {
  state: UploadState
  onCancel: () => void
  onClear: () => void
  onRetry: (file: File) => void
}

export function UploadOutcome({ state, onCancel, onClear, onRetry }: Props) {
  const { phase, file } = state
  const { tone, label, detail, announcement } = describeUpload(state)
  const percent = percentOf(state)

  return (
    <div className={`outcome tone-${tone}`} data-phase={phase}>
      <div className="outcome-head">
        <span className="hidden" role="status">
          {announcement}
        </span>
        <span className="status">{label}</span>
        <span className="percent">{Math.floor(percent)} %</span>
      </div>
      <div
        className="bar"
        role="progressbar"
        aria-label={file ? `Upload of ${file.name}` : 'Upload'}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={Math.floor(percent)}
        aria-valuetext={`${Math.floor(percent)} %, ${detail}`}
      >
        <div style={{ transform: `scaleX(${percent / 100})` }} />
      </div>
      <p className="file">{file?.name ?? '\u00a0'}</p>
      <p className="detail">{detail}</p>
      <div className="buttons">
        {phase !== 'idle' && (
          <button type="button" className="button" onClick={phase === 'sending' ? onCancel : onClear}>
            {phase === 'sending' ? 'Cancel' : 'Clear'}
          </button>
        )}
        {file && canRetry(state) && (
          <button type="button" className="button" onClick={() => onRetry(file)}>
            Try again
          </button>
        )}
      </div>
    </div>
  )
}

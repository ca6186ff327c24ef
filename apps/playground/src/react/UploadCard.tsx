import { useRef, useState } from 'react'
import { formatBytes } from '../shared/format.ts'
import { maxUpload } from '../shared/pickFile.ts'
import { rates } from '../shared/sendFile.ts'
import { DropZone } from './DropZone.tsx'
import { UploadOutcome } from './UploadOutcome.tsx'
import { useUpload } from './useUpload.ts'

export function UploadCard() {
  const { state, status, uploader } = useUpload()
  const [maxRate, setMaxRate] = useState(0)
  const input = useRef<HTMLInputElement>(null)

  function clear() {
    uploader.clear()
    // The button that was pressed is gone, and the keyboard must stand somewhere.
    input.current?.focus()
  }

  return (
    <section className="card" aria-labelledby="upload-title">
      <div className="card-head">
        <div>
          <h2 id="upload-title">An upload, as the server sees it</h2>
          <p className="muted small">The bar counts the bytes that have arrived, not those that have left.</p>
        </div>
        <label className="field">
          Speed
          <select value={maxRate} onChange={(event) => setMaxRate(Number(event.target.value))}>
            {rates.map((rate) => (
              <option key={rate.maxRate} value={rate.maxRate}>
                {rate.label}
              </option>
            ))}
          </select>
        </label>
      </div>
      <div className="upload">
        <DropZone
          ref={input}
          hint={`Up to ${formatBytes(maxUpload)}. Nothing is kept.`}
          isBusy={state.phase === 'sending'}
          onPick={(from) => uploader.pick(from, { maxRate })}
        />
        <UploadOutcome
          state={state}
          status={status}
          onCancel={uploader.cancel}
          onClear={clear}
          onRetry={(file) => uploader.send(file, { maxRate })}
        />
      </div>
    </section>
  )
}

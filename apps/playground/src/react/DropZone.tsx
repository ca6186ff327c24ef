import { type DragEvent, type Ref, useState } from 'react'

interface Props {
  ref: Ref<HTMLInputElement>
  hint: string
  /** Whether another file would be one too many. */
  isBusy: boolean
  onPick: (from: DataTransfer | HTMLInputElement) => void
}

export function DropZone({ ref, hint, isBusy, onPick }: Props) {
  const [isOver, setIsOver] = useState(false)

  function onDragOver(event: DragEvent) {
    // Without this, the browser would leave the page to show a file that is dropped.
    event.preventDefault()
    event.dataTransfer.dropEffect = isBusy ? 'none' : 'copy'
    setIsOver(!isBusy)
  }

  function onDrop(event: DragEvent) {
    event.preventDefault()
    setIsOver(false)
    onPick(event.dataTransfer)
  }

  return (
    <div
      className={isOver ? 'drop over' : 'drop'}
      onDragOver={onDragOver}
      onDragLeave={() => setIsOver(false)}
      onDrop={onDrop}
    >
      <span className="button primary">
        <span aria-hidden="true">Choose a file</span>
        <input
          ref={ref}
          type="file"
          aria-label="Choose a file"
          aria-describedby="drop-hint"
          // Not `disabled`: the keyboard would lose its place.
          aria-disabled={isBusy}
          onClick={(event) => isBusy && event.preventDefault()}
          onChange={(event) => {
            onPick(event.target)
            // So that choosing the same file again is a change too.
            event.target.value = ''
          }}
        />
      </span>
      <span className="muted small">or drop it here</span>
      <span id="drop-hint" className="muted small">
        {hint}
      </span>
    </div>
  )
}

import { useState } from 'react'
import { formatTotal } from '../shared/format.ts'
import { parseTotal, TOTAL_HINT, TOTAL_PATTERN } from '../shared/orders.ts'

interface Props {
  label: string
  /** Cents. */
  total: number
  onChange: (total: number) => void
}

/** A field that follows its total, but for while somebody writes in it. */
export function TotalField({ label, total, onChange }: Props) {
  const [draft, setDraft] = useState<string>()

  function commit() {
    const next = parseTotal(draft ?? '')
    setDraft(undefined)
    if (next !== undefined && next !== total) onChange(next)
  }

  return (
    <input
      value={draft ?? formatTotal(total)}
      aria-label={label}
      inputMode="decimal"
      autoComplete="off"
      pattern={TOTAL_PATTERN}
      title={TOTAL_HINT}
      required
      onChange={(event) => setDraft(event.target.value)}
      onBlur={commit}
      onKeyDown={({ key, currentTarget }) => {
        if (key === 'Enter' && currentTarget.reportValidity()) commit()
        if (key === 'Escape') setDraft(undefined)
      }}
    />
  )
}

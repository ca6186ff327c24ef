import type { ReactNode } from 'react'
import type { Description } from '../shared/connection.ts'

interface Props {
  description: Description
  /** What can be done about it. */
  children?: ReactNode
}

/** Says how something is going, to the eye and to a screen reader. */
export function StatusLine({ description, children }: Props) {
  const { tone, label, detail, announcement } = description
  return (
    <div className={`status-line tone-${tone}`}>
      <span className="hidden" role="status">
        {announcement}
      </span>
      <span className="status">{label}</span>
      <span className="detail muted small">{detail}</span>
      {children}
    </div>
  )
}

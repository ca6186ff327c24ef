import { useRef } from 'react'
import { type Connection, describeConnection, type Subject } from '../shared/connection.ts'
import { onSingleClick } from '../shared/onSingleClick.ts'
import { useHeir } from './useHeir.ts'

interface Props {
  stream: Connection & { open: () => void; close: () => void; reconnect: () => void }
  now: number
  /** When it last said something, where its silence means something. */
  heardAt?: number
  /** What the stream is about, where that is not the metrics. */
  subject?: Subject
}

export function ConnectionStatus({ stream, now, heardAt, subject }: Props) {
  const { status } = stream
  const { tone, label, detail, announcement } = describeConnection(stream, now, heardAt, subject)
  const toggle = useRef<HTMLButtonElement>(null)
  const heir = useHeir(toggle)

  return (
    <div className={`connection tone-${tone}`}>
      <span className="hidden" role="status">
        {announcement}
      </span>
      <span className="status">{label}</span>
      <span className="detail muted small">{detail}</span>
      <span className="buttons">
        {status === 'reconnecting' && (
          <button ref={heir} type="button" className="button" onClick={stream.reconnect}>
            Try now
          </button>
        )}
        <button
          ref={toggle}
          type="button"
          className="button"
          onClick={onSingleClick(status === 'closed' ? stream.open : stream.close)}
        >
          {status === 'closed' ? 'Connect' : 'Disconnect'}
        </button>
      </span>
    </div>
  )
}

import { useRef } from 'react'
import { type Connection, describeConnection, type Subject } from '../shared/connection.ts'
import { onSingleClick } from '../shared/onSingleClick.ts'
import { StatusLine } from './StatusLine.tsx'
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
  const toggle = useRef<HTMLButtonElement>(null)
  const heir = useHeir(toggle)

  return (
    <StatusLine description={describeConnection(stream, now, heardAt, subject)}>
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
    </StatusLine>
  )
}

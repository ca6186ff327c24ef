import { type Connection, describeConnection } from '../shared/connection.ts'
import { useNow } from './useNow.ts'

interface Props {
  stream: Connection & { open: () => void; close: () => void; reconnect: () => void }
}

export function ConnectionStatus({ stream }: Props) {
  const { status } = stream
  const now = useNow(status === 'reconnecting')
  const { tone, label, detail, announcement } = describeConnection(stream, now)

  return (
    <div className={`connection tone-${tone}`}>
      <span className="hidden" role="status">
        {announcement}
      </span>
      <span className="status">{label}</span>
      <span className="detail muted small">{detail}</span>
      <span className="buttons">
        {status === 'reconnecting' && (
          <button type="button" className="button" onClick={stream.reconnect}>
            Try now
          </button>
        )}
        <button type="button" className="button" onClick={status === 'closed' ? stream.open : stream.close}>
          {status === 'closed' ? 'Open' : 'Close'}
        </button>
      </span>
    </div>
  )
}

import { describeDelivery, isOwn, type Line } from '../shared/chat.ts'
import { formatClock } from '../shared/format.ts'

interface Props {
  lines: readonly Line[]
  onSayAgain: (line: Line) => void
}

export function MessageList({ lines, onSayAgain }: Props) {
  return (
    <div className="messages" role="log" aria-label="Messages" tabIndex={0}>
      {lines.length === 0 && <p className="muted small">Nothing was said since you came in.</p>}
      <ol>
        {lines.map((line) => (
          <li key={line.id} className={isOwn(line) ? 'message own' : 'message'} data-delivery={line.delivery}>
            <p className="muted small">
              <bdi className="name">{isOwn(line) ? 'You' : line.author}</bdi>{' '}
              <time dateTime={new Date(line.at).toISOString()}>{formatClock(line.at)}</time>{' '}
              <span className="delivery">{describeDelivery(line)}</span>
              {line.delivery === 'failed' && (
                <button type="button" className="link" onClick={() => onSayAgain(line)}>
                  Try again
                </button>
              )}
            </p>
            <p className="text" dir="auto">
              {line.text}
            </p>
          </li>
        ))}
      </ol>
    </div>
  )
}

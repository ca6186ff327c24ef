import { useEffect } from 'react'
import { describeOutage } from '../shared/describeOutage.ts'
import { refusalOf, roomSubject } from '../shared/rooms.ts'
import { Composer } from './Composer.tsx'
import { ConnectionStatus } from './ConnectionStatus.tsx'
import { MessageList } from './MessageList.tsx'
import { useNow } from './useNow.ts'
import { useRoom } from './useRoom.ts'

interface Props {
  name: string
  author: string
  onExpire: () => void
}

export function Room({ name, author, onExpire }: Props) {
  const { room, state, stream } = useRoom(name, author)
  const now = useNow(stream.status === 'reconnecting')
  const refusal = refusalOf(stream)
  const outage = describeOutage(state.outage)
  useEffect(() => {
    if (refusal === 'signed-out') onExpire()
  }, [refusal, onExpire])

  if (refusal) {
    return (
      <p className="notice bad" role="alert">
        You are not let in: this room is for members of staff.
      </p>
    )
  }
  return (
    <>
      <ConnectionStatus stream={stream} now={now} subject={roomSubject} />
      <div className={`outage tone-${outage.tone}`}>
        <p role="status">{outage.text}</p>
        <button type="button" className="button" onClick={room.cut}>
          Cut the connection
        </button>
      </div>
      <MessageList lines={state.lines} onSayAgain={room.sayAgain} />
      <Composer onSay={room.say} />
    </>
  )
}

import { useEventStream } from '@tidewire/react'
import { useState, useSyncExternalStore } from 'react'
import { roomEvents } from '../shared/contract.ts'
import { createRoom } from '../shared/createRoom.ts'
import { roomRetry } from '../shared/rooms.ts'

/** What is said in a room, and the stream that tells. */
export function useRoom(name: string, author: string) {
  const [room] = useState(() => createRoom(name, author))
  const state = useSyncExternalStore(room.subscribe, room.getState)
  const stream = useEventStream(room.url, { events: roomEvents, retry: roomRetry, ...room.handlers })
  return { room, state, stream }
}

import { useEventStream } from '@tidewire/vue'
import { roomEvents } from '../shared/contract.ts'
import { createRoom } from '../shared/createRoom.ts'
import { roomRetry } from '../shared/rooms.ts'
import { useStore } from './useStore.ts'

/** What is said in a room, and the stream that tells. */
export function useRoom(name: string, author: string) {
  const room = createRoom(name, author)
  const state = useStore(room)
  const stream = useEventStream(room.url, { events: roomEvents, retry: roomRetry, ...room.handlers })
  return { room, state, stream }
}

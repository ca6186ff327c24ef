import type { CloseReason } from '@tidewire/client'
import { ask, askWith, problemOf } from './ask.ts'
import { type ChatAction, type ChatState, emptyChat, reduceChat } from './chat.ts'
import type { ChatMessage, NewMessage } from './contract.ts'
import { createStore } from './createStore.ts'
import { roomURL } from './rooms.ts'

export type RoomStore = ReturnType<typeof createRoom>

/** Holds what is said in a room. It knows no framework: a hook subscribes, and follows the room's stream for it. */
export function createRoom(room: string, author: string) {
  const { getState, subscribe, dispatch } = createStore<ChatState, ChatAction>(emptyChat, reduceChat)
  // Names this page, so that it gets no echo of what it says; another page of the same person gets it.
  const origin = crypto.randomUUID()

  async function send(message: ChatMessage): Promise<void> {
    // Shown before the server has heard of it.
    dispatch({ type: 'said', message })
    try {
      const { id, text } = message
      const body: NewMessage = { id, text, origin }
      dispatch({ type: 'taken', message: await askWith<ChatMessage>(`/api/rooms/${room}/messages`, body) })
    } catch (error) {
      dispatch({ type: 'refused', id: message.id, reason: problemOf(error) })
    }
  }

  return {
    getState,
    subscribe,
    url: roomURL(room, origin),
    say(text: string): void {
      const trimmed = text.trim()
      if (trimmed) void send({ id: crypto.randomUUID(), author, text: trimmed, at: Date.now() })
    },
    /** Sends a message again, under the id that it had: the server knows whether it has it. */
    sayAgain: ({ id, text }: ChatMessage): void => void send({ id, author, text, at: Date.now() }),
    /** Has the server cut all streams of this person. Where it is gone, they are as well. */
    cut: (): void => void ask('/api/cut', { method: 'POST' }).catch(() => {}),
    /** What the room's stream tells. */
    handlers: {
      on: { message: (message: ChatMessage): void => dispatch({ type: 'heard', message }) },
      onOpen: (): void => dispatch({ type: 'open', time: Date.now() }),
      onError: (): void => dispatch({ type: 'lost', time: Date.now(), isWanted: false }),
      onClose: (reason: CloseReason): void =>
        dispatch({ type: 'lost', time: Date.now(), isWanted: reason === 'manual' }),
    },
  }
}

import { type Hello, HELLO, LIVE, type Live, SSEError } from '@tidewire/protocol'
import { parsePayload } from '../payload.ts'

/** What a hub says first. A poll has no connection. PROTOCOL.md, 8.1 and 14.2. */
export interface HelloFrame extends Omit<Hello, 'connection' | 'v'> {
  readonly connection?: string | undefined
}

/** An answer to a change of the set. PROTOCOL.md, 9. */
export type AnswerFrame = Pick<Live, 'channels' | 'rev' | 'reset' | 'cursor'>

// Where a hub cannot be understood, it is not known what is missing: the connection is made anew, from what is known.
function read<T>(event: string, text: string, isValid: (frame: Record<string, unknown>) => boolean): T {
  const frame: unknown = Object(parsePayload(undefined, event, text))
  if (isValid(frame as Record<string, unknown>)) return frame as T
  throw new SSEError('parse', `Cannot understand \`${event}\`.`)
}

/** Reads the greeting of a hub. Throws an `SSEError` with the code `parse` where it cannot be one, as all here do. */
export function readHello(text: string): HelloFrame {
  return read<HelloFrame>(
    HELLO,
    text,
    ({ connection = '', heartbeat, cursor, channels }) =>
      typeof connection === 'string' &&
      typeof heartbeat === 'number' &&
      typeof cursor === 'string' &&
      typeof channels === 'object' &&
      channels !== null,
  )
}

/** Reads an answer to a change of the set. */
export function readAnswer(event: string, text: string): AnswerFrame {
  return read<AnswerFrame>(
    event,
    text,
    ({ channels, rev, cursor }) =>
      Array.isArray(channels) && Number.isSafeInteger(rev) && (event !== LIVE || typeof cursor === 'string'),
  )
}

/** Reads the names of the channels that an event is about. */
export function readNames(event: string, text: string): readonly string[] {
  return read<{ channels: string[] }>(event, text, ({ channels }) => Array.isArray(channels)).channels
}

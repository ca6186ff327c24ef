import type { NewMessage, Person } from '../src/shared/contract.ts'
import { MAX_NAME, MAX_TEXT } from '../src/shared/rooms.ts'
import { HTTPFailure } from './http.ts'

const UUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/
// No control characters, and none that turn the direction of what follows.
const NAME = /^[\p{L}\p{N}][\p{L}\p{M}\p{N} ._’'-]*$/u
const UNPRINTABLE = /[\p{Cc}\p{Cs}]/u

/** Reads who wants to sign in. Throws an `HTTPFailure` for what is nobody. */
export function readPerson(body: unknown): Person {
  const { name, isStaff } = fieldsOf(body)
  const trimmed = typeof name === 'string' ? name.normalize().trim() : ''
  if (trimmed.length > MAX_NAME || !NAME.test(trimmed)) {
    throw invalid(
      `Expected \`name\` to be 1 to ${MAX_NAME} letters, digits, spaces and . _ - ', a letter or digit first.`,
    )
  }
  if (typeof isStaff !== 'boolean') throw invalid('Expected `isStaff` to be true or false.')
  return { name: trimmed, isStaff }
}

/** Reads what somebody wants to say. Throws an `HTTPFailure` for what is no message. */
export function readMessage(body: unknown): NewMessage {
  const { id, text, origin } = fieldsOf(body)
  if (typeof id !== 'string' || !UUID.test(id)) throw invalid('Expected `id` to be a UUID.')
  if (typeof origin !== 'string' || !UUID.test(origin)) throw invalid('Expected `origin` to be a UUID.')
  const trimmed = typeof text === 'string' ? text.trim() : ''
  if (trimmed === '' || trimmed.length > MAX_TEXT || UNPRINTABLE.test(trimmed)) {
    throw invalid(`Expected \`text\` to be one line of 1 to ${MAX_TEXT} characters.`)
  }
  return { id, text: trimmed, origin }
}

function fieldsOf(body: unknown): Record<string, unknown> {
  return (body ?? {}) as Record<string, unknown>
}

function invalid(message: string): HTTPFailure {
  return new HTTPFailure(400, 'invalid', message)
}

import type { ChatMessage } from './contract.ts'
import { MAX_MESSAGES } from './rooms.ts'

/** Where a message of this page is on its way, or how one of somebody else has come. */
export type Delivery = 'sending' | 'sent' | 'failed' | 'live' | 'caught-up'

/** A message as the page shows it. */
export interface Line extends ChatMessage {
  delivery: Delivery
  /** Why it has failed. */
  reason?: string
}

/** A time without a connection. */
export interface Outage {
  lostAt: number
  /** Whether the page's own reader wanted it. */
  isWanted: boolean
  resumedAt?: number
  /** How many messages were sent before `resumedAt`, and came after it. */
  caughtUp: number
}

export interface ChatState {
  /** In the order in which they were said; the last ones only. */
  lines: readonly Line[]
  isOpen: boolean
  /** The last one. */
  outage?: Outage
}

export type ChatAction =
  | { type: 'open'; time: number }
  | { type: 'lost'; time: number; isWanted: boolean }
  | { type: 'heard'; message: ChatMessage }
  | { type: 'said'; message: ChatMessage }
  | { type: 'taken'; message: ChatMessage }
  | { type: 'refused'; id: string; reason: string }

export const emptyChat: ChatState = { lines: [], isOpen: false }

/** The one road from what happens in a room to what is shown. */
export function reduceChat(state: ChatState, action: ChatAction): ChatState {
  const { lines, isOpen, outage } = state
  switch (action.type) {
    case 'open':
      return { ...state, isOpen: true, ...(outage && { outage: { ...outage, resumedAt: action.time } }) }
    case 'lost':
      // Only what was there can be lost: each attempt that fails says so again.
      if (!isOpen) return state
      return { ...state, isOpen: false, outage: { lostAt: action.time, isWanted: action.isWanted, caughtUp: 0 } }
    case 'heard': {
      // Server and page have one clock: the server answers to its own machine alone.
      const isLate = outage?.resumedAt !== undefined && action.message.at < outage.resumedAt
      const line: Line = { ...action.message, delivery: isLate ? 'caught-up' : 'live' }
      return {
        ...state,
        lines: inOrder([...lines, line]),
        ...(isLate && { outage: { ...outage, caughtUp: outage.caughtUp + 1 } }),
      }
    }
    case 'said': {
      const others = lines.filter(({ id }) => id !== action.message.id)
      return { ...state, lines: inOrder([...others, { ...action.message, delivery: 'sending' }]) }
    }
    case 'taken':
      return { ...state, lines: inOrder(replace(lines, action.message.id, { ...action.message, delivery: 'sent' })) }
    case 'refused': {
      const { id, reason } = action
      return { ...state, lines: replace(lines, id, { delivery: 'failed', reason }) }
    }
  }
}

function inOrder(lines: readonly Line[]): Line[] {
  return lines.toSorted((a, b) => a.at - b.at).slice(-MAX_MESSAGES)
}

function replace(lines: readonly Line[], id: string, change: Partial<Line>): Line[] {
  return lines.map((line) => (line.id === id ? { ...line, ...change } : line))
}

/** Whether this page has said it. */
export function isOwn({ delivery }: Line): boolean {
  return delivery === 'sending' || delivery === 'sent' || delivery === 'failed'
}

/** Says how a message is on its way, or has come, where that is worth a word. */
export function describeDelivery({ delivery, reason = '' }: Line): string {
  if (delivery === 'sending') return 'sending'
  if (delivery === 'failed') return `Not sent: ${reason}`
  return delivery === 'caught-up' ? 'caught up' : ''
}

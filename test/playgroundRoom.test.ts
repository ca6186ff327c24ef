import { describe, expect, it } from 'vitest'
import {
  type ChatAction,
  type ChatState,
  describeDelivery,
  emptyChat,
  isOwn,
  reduceChat,
} from '../apps/playground/src/shared/chat.ts'
import { type Connection, describeConnection } from '../apps/playground/src/shared/connection.ts'
import type { ChatMessage } from '../apps/playground/src/shared/contract.ts'
import { describeOutage } from '../apps/playground/src/shared/describeOutage.ts'
import { MAX_MESSAGES, refusalOf, roomSubject } from '../apps/playground/src/shared/rooms.ts'

function play(...actions: ChatAction[]): ChatState {
  return actions.reduce(reduceChat, emptyChat)
}

const said = (id: string, at: number): ChatMessage => ({ id, author: 'Ada', text: id, at })
const heard = (id: string, at: number): ChatAction => ({ type: 'heard', message: said(id, at) })
const open = (time: number): ChatAction => ({ type: 'open', time })
const lost = (time: number, isWanted = false): ChatAction => ({ type: 'lost', time, isWanted })
const textsOf = ({ lines }: ChatState) => lines.map(({ text }) => text)

describe('the state of a room', () => {
  it('counts what was sent before the connection came back as caught up, and nothing else', () => {
    const state = play(open(1), heard('before', 2), lost(3), open(6), heard('missed', 4), heard('live', 6))
    expect(state.outage).toEqual({ lostAt: 3, isWanted: false, resumedAt: 6, caughtUp: 1 })
    expect(state.lines.map(({ delivery }) => delivery)).toEqual(['live', 'caught-up', 'live'])
    expect(reduceChat(reduceChat(state, lost(8)), open(9)).outage).toMatchObject({ lostAt: 8, caughtUp: 0 })
  })

  it('hears of a loss once, however many attempts fail, and of none before the first connection', () => {
    expect(play(lost(1)).outage).toBeUndefined()
    expect(play(open(1), lost(2), lost(3, true), lost(4)).outage).toEqual({ lostAt: 2, isWanted: false, caughtUp: 0 })
  })

  it('holds messages in the order in which they were said, doubles too', () => {
    const state = play(open(1), { type: 'said', message: said('mine', 3) }, heard('missed', 2), heard('missed', 2))
    expect(textsOf(state)).toEqual(['missed', 'missed', 'mine'])
  })

  it('holds the last messages only', () => {
    const state = play(...Array.from({ length: MAX_MESSAGES + 5 }, (_, index) => heard(`${index}`, index)))
    expect(state.lines).toHaveLength(MAX_MESSAGES)
    expect(textsOf(state)[0]).toBe('5')
  })

  it('follows an own message until the server has it, and through a second try', () => {
    const say: ChatAction = { type: 'said', message: said('mine', 3) }
    const failed = play(say, { type: 'refused', id: 'mine', reason: 'Too fast.' })
    expect(failed.lines.map(describeDelivery)).toEqual(['Not sent: Too fast.'])
    const again = reduceChat(failed, say)
    expect(again.lines.map(({ delivery }) => delivery)).toEqual(['sending'])
    const sent = reduceChat(again, { type: 'taken', message: said('mine', 4) })
    expect(sent.lines).toEqual([{ ...said('mine', 4), delivery: 'sent' }])
    expect([...failed.lines, ...again.lines, ...sent.lines].every(isOwn)).toBe(true)
    expect(play(heard('theirs', 1)).lines.every(isOwn)).toBe(false)
  })
})

describe('the words of a room', () => {
  it('tell of an outage only what the page knows', () => {
    const words = (...actions: ChatAction[]) =>
      describeOutage(play(...actions).outage).text.replaceAll(/[\d:]{8}/g, 'T')
    expect(words(open(1))).toMatch(/^Cut the connection/)
    expect(words(open(1), lost(2))).toBe('Connection lost at T.')
    expect(words(open(1), lost(2, true))).toBe('Disconnected at T.')
    expect(words(open(1), lost(2), open(5))).toBe('Connection lost at T, resumed at T: no messages caught up.')
    expect(words(open(1), lost(2), open(5), heard('a', 3))).toMatch(/: 1 message caught up\.$/)
    expect(words(open(1), lost(2), open(5), heard('a', 3), heard('b', 4))).toMatch(/: 2 messages caught up\.$/)
  })

  it('name the room, and take its silence for nothing', () => {
    const connection: Connection = {
      status: 'open',
      attempt: 0,
      nextRetryAt: undefined,
      closeReason: undefined,
      error: undefined,
    }
    expect(describeConnection(connection, 60_000, undefined, roomSubject)).toEqual({
      tone: 'good',
      label: 'Live',
      detail: 'Each message as it is said',
      announcement: 'Room: Live',
    })
  })

  it('tell a stranger from somebody who may not come in', () => {
    expect(refusalOf({ closeReason: undefined, error: undefined })).toBeUndefined()
    expect(refusalOf({ closeReason: 'manual', error: undefined })).toBeUndefined()
    const refused = (status: number) =>
      ({ closeReason: 'denied', error: { status } }) as Parameters<typeof refusalOf>[0]
    expect(refusalOf(refused(401))).toBe('signed-out')
    expect(refusalOf(refused(403))).toBe('not-allowed')
  })
})

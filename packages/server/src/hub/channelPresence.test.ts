import { expect, it, vi } from 'vitest'
import { useFakeTimers } from '../../test/fakeTimers.ts'
import { parseStrictly } from '../../test/strictParser.ts'
import type { SharedText } from '../sharedText.ts'
import { ChannelPresence } from './channelPresence.ts'
import type { Connection } from './connection.ts'

useFakeTimers()

interface Told {
  count: number
  members?: { id: string }[]
  joined?: { id: string }[]
  left?: string[]
}

/** A connection of somebody, which keeps what it is told. */
function connect(identity: string, bufferedSize = 0) {
  const texts: { text: SharedText; key: string | undefined }[] = []
  const pushText = (text: SharedText, key?: string) => void texts.push({ text, key })
  const connection = { id: crypto.randomUUID(), reader: { identity }, bufferedSize, pushText } as unknown as Connection
  const told = () =>
    texts.flatMap(({ text }) => parseStrictly(text.text).events.map(({ data }) => JSON.parse(data) as Told))
  return { connection, texts, told }
}

function makePresence(maxMembers = 100) {
  const onEmpty = vi.fn<() => void>()
  const settings = { info: undefined, leaveAfter: 1_000, maxMembers }
  const presence = new ChannelPresence('a', settings, ({ reader }) => ({ id: reader.identity ?? '' }), onEmpty)
  return { presence, onEmpty }
}

it('tells a crowd that comes at once in two texts, each made once', () => {
  const { presence } = makePresence()
  const crowd = Array.from({ length: 1_000 }, (_, index) => connect(`user-${index}`))
  for (const { connection } of crowd) presence.enter(connection)
  vi.advanceTimersByTime(100)
  expect(Math.max(...crowd.map(({ texts }) => texts.length))).toBe(2)
  expect(new Set(crowd.flatMap(({ texts }) => texts.map(({ text }) => text))).size).toBe(3)
  expect(crowd.at(-1)?.told()).toMatchObject([{ count: 1_000, members: { length: 100 } }])
  expect(crowd[0]?.told()).toMatchObject([{ members: { length: 1 } }, { count: 1_000, joined: { length: 99 } }])
  presence.close()
})

it('tells the first at once, and all others every 100 ms', () => {
  const { presence } = makePresence()
  const ann = connect('ann')
  presence.enter(ann.connection)
  expect(ann.told()).toEqual([{ channel: 'a', count: 1, members: [{ id: 'ann' }] }])
  presence.enter(connect('bob').connection)
  vi.advanceTimersByTime(99)
  presence.enter(connect('cid').connection)
  expect(ann.texts).toHaveLength(1)
  vi.advanceTimersByTime(1)
  expect(ann.told().at(-1)).toEqual({ channel: 'a', count: 3, joined: [{ id: 'bob' }, { id: 'cid' }], left: [] })
  presence.close()
})

it('tells another connection of a member who is there, and nobody else', () => {
  const { presence } = makePresence()
  const first = connect('ann')
  const second = connect('ann')
  presence.enter(first.connection)
  presence.enter(second.connection)
  vi.advanceTimersByTime(100)
  expect(first.texts).toHaveLength(1)
  expect(second.told()).toEqual([{ channel: 'a', count: 1, members: [{ id: 'ann' }] }])
  presence.close()
})

it('tells a reader that is behind who is there, in one text that replaces itself', () => {
  const { presence } = makePresence()
  const slow = connect('ann', 1_000_000)
  presence.enter(slow.connection)
  for (const name of ['bob', 'cid']) {
    presence.enter(connect(name).connection)
    vi.advanceTimersByTime(100)
  }
  expect(slow.told().map(({ members }) => members?.length)).toEqual([1, 2, 3])
  expect(new Set(slow.texts.map(({ key }) => key)).size).toBe(1)
  expect(slow.texts[0]?.key).toBeDefined()
  presence.close()
})

it('is over when the last member is gone, and leaves no timer', () => {
  const { presence, onEmpty } = makePresence()
  const ann = connect('ann')
  presence.enter(ann.connection)
  presence.leave(ann.connection)
  presence.leave(ann.connection)
  vi.advanceTimersByTime(999)
  expect(onEmpty).not.toHaveBeenCalled()
  vi.advanceTimersByTime(1)
  expect(onEmpty).toHaveBeenCalledOnce()
  expect(vi.getTimerCount()).toBe(0)
})

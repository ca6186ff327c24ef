import { expect, it, onTestFinished } from 'vitest'
import { createTestTransport } from '../testing/index.ts'
import type { End, Wants } from './messages.ts'
import { Relay } from './relay.ts'

/** A relay whose hub is played by the test. */
function useRelay() {
  const transport = createTestTransport()
  const heard = new Map<string, string[]>()
  const ends = new Map<string, End>()
  const relay = new Relay(
    { url: 'http://hub.test/_sse', options: { fetch: transport.fetch }, reconnect() {} },
    {
      send(to, news) {
        for (const { id } of to) {
          if ('end' in news) ends.set(id, news.end)
          else heard.set(id, [...(heard.get(id) ?? []), ...read(news.text)])
        }
      },
      onEnd() {},
    },
  )
  onTestFinished(async () => {
    relay.close()
    await transport.close()
  })
  const join = (id: string, ...wants: Wants) => relay.join(id, id, wants)
  /** What a session has heard since this was asked last, but for the greeting. */
  const take = (id: string) => {
    const texts = heard.get(id) ?? []
    heard.delete(id)
    return texts.filter((text) => !text.startsWith('sse.hello'))
  }
  return { relay, transport, join, take, ends }
}

/** Each block in one line: event, id and data, as far as it has them. */
function read(text: string): string[] {
  return text
    .split('\n\n')
    .filter(Boolean)
    .map((block) => block.replaceAll(/(event|id|data): /g, '').replaceAll('\n', ' '))
}

const live = (name: string, cursor: string, rev = 0) => `sse.live ${JSON.stringify({ channels: [name], rev, cursor })}`
const catchup = (name: string, rev = 0) => `sse.catchup ${JSON.stringify({ channels: [name], rev })}`
const resetLive = (name: string, cursor: string) =>
  `sse.live ${JSON.stringify({ channels: [name], rev: 0, reset: true, cursor })}`
const resetCatchup = (name: string) => `sse.catchup ${JSON.stringify({ channels: [name], rev: 0, reset: true })}`

it('goes on from where the tab is that is furthest behind, and gives each what it missed', async () => {
  const { relay, transport, join, take } = useRelay()
  join('1', ['a', 'test.5'])
  join('2', ['a', 'test.3'])
  join('3', ['a', ''])
  relay.open()
  const { hub, request } = await transport.open()
  expect(new URL(request.url).searchParams.getAll('since')).toEqual(['test.3:a'])
  await hub.hello({ cursor: 'test.6' })
  await hub.event('a', 'x', 4, { id: 'test.4' })
  await hub.event('a', 'x', 6, { id: 'test.6' })
  expect(take('1')).toEqual([live('a', 'test.5'), 'a#x test.4 4', 'a#x test.6 6'])
  expect(take('2')).toEqual([live('a', 'test.3'), 'a#x test.4 4', 'a#x test.6 6'])
})

it('tells a tab that is ahead of the leader where the tab is', async () => {
  const { relay, transport, join, take } = useRelay()
  join('1', ['a', 'test.3'])
  relay.open()
  const { hub } = await transport.open()
  await hub.hello({ cursor: 'test.3' })
  join('2', ['a', 'test.9'])
  expect(take('2')).toEqual([live('a', 'test.9')])
})

it('keeps what comes for tabs that come late', async () => {
  const { relay, transport, join, take } = useRelay()
  join('1', ['a', ''])
  relay.open()
  const { hub } = await transport.open()
  await hub.hello({ cursor: 'test.3' })
  await hub.event('a', 'x', 1, { id: 'test.4' })
  await hub.event('a', 'x', 2, { id: 'test.5' })
  join('2', ['a', 'test.4'])
  expect(take('2')).toEqual([catchup('a'), 'a#x test.5 2', live('a', 'test.5')])
})

it('tells those who have a channel that events are gone, and nobody that nothing is', async () => {
  const { relay, transport, join, take } = useRelay()
  join('1', ['a', ''])
  join('2', ['b', ''])
  relay.open()
  const { hub } = await transport.open()
  await hub.hello({ cursor: 'test.0' })
  await hub.event('a', 'x', 1, { id: 'test.1' })
  await hub.reset(['a'], { id: 'test.5' })
  await hub.event('a', 'x', 2, { id: 'test.6' })
  expect(take('1')).toEqual([
    live('a', 'test.0'),
    'a#x test.1 1',
    'sse.reset {"channels":["a"]}',
    'test.5',
    'a#x test.6 2',
  ])
  expect(take('2')).toEqual([live('b', 'test.0'), 'test.5'])
  // Who was there before the loss cannot go on from what came after it.
  join('3', ['a', 'test.1'])
  const aside = await transport.request()
  expect(new URL(aside.url).searchParams.get('since')).toBe('test.1:a')
  const poll = await transport.open()
  await poll.hub.hello({ cursor: 'test.6', channels: { a: 'reset' }, id: null })
  await poll.end()
  expect(take('3')).toEqual([resetCatchup('a'), resetLive('a', 'test.6')])
})

it('asks the hub once for all that miss the same, and tells of a loss where it does not answer', async () => {
  const { relay, transport, join, take } = useRelay()
  join('1', ['a', 'test.5'])
  relay.open()
  const { hub } = await transport.open()
  await hub.hello({ cursor: 'test.5' })
  join('2', ['a', 'test.2'])
  join('3', ['a', 'test.2'])
  const poll = await transport.open()
  await hub.event('a', 'x', 6, { id: 'test.6' })
  await poll.hub.hello({ cursor: 'test.5', id: 'test.2' })
  await poll.hub.event('a', 'x', 4, { id: 'test.4' })
  await poll.end()
  const expected = [catchup('a'), 'a#x test.4 4', 'a#x test.6 6', live('a', 'test.6')]
  expect(take('2')).toEqual(expected)
  expect(take('3')).toEqual(expected)
  join('4', ['a', 'test.1'])
  await transport.fail()
  expect(take('4')).toEqual([resetCatchup('a'), resetLive('a', 'test.6')])
  expect(transport.requests).toHaveLength(3)
})

it('waits for the retained values of an opening before it tells anybody where a channel is', async () => {
  const { relay, transport, join, take } = useRelay()
  join('1', ['a', ''])
  relay.open()
  const { hub, id } = await transport.open()
  await hub.hello({ cursor: 'test.3', id: null })
  await hub.event('a', 'x', 'kept', { id: null })
  expect(take('1')).toEqual([])
  await id('test.3')
  expect(take('1')).toEqual([catchup('a'), 'a#x "kept"', live('a', 'test.3')])
  join('2', ['a', ''])
  expect(take('2')).toEqual([catchup('a'), 'a#x "kept"', live('a', 'test.3')])
})

it('tells of a channel with the last change that asked for it', async () => {
  const { relay, transport, join, take } = useRelay()
  join('1', ['a', ''])
  relay.open()
  const { hub } = await transport.open()
  await hub.hello({ cursor: 'test.3' })
  take('1')
  relay.change('1', 1, [
    ['a', 'test.3'],
    ['b', ''],
  ])
  relay.change('1', 2, [['a', 'test.3']])
  relay.change('1', 3, [
    ['a', 'test.3'],
    ['b', 'test.2'],
  ])
  const { channels } = await transport.change()
  expect(channels).toEqual({ a: 'test.3', b: 'test.2' })
  // On its way since before.
  relay.change('1', 1, [])
  await hub.catchup(['b'])
  await hub.event('b', 'x', 1, { id: 'test.3' })
  await hub.live(['b'], { cursor: 'test.4' })
  expect(take('1')).toEqual([catchup('b', 3), 'b#x test.3 1', live('b', 'test.4', 3)])
})

it('hands on the retry and the end that a hub asks for', async () => {
  const { relay, transport, join, take, ends } = useRelay()
  join('1', ['a', ''])
  relay.open()
  const { hub, retry, bye } = await transport.open()
  await hub.hello({ cursor: 'test.3' })
  take('1')
  await retry(5000)
  await bye('drain')
  expect(take('1')).toEqual(['retry: 5000', 'sse.bye {"reason":"drain"}'])
  expect(ends.get('1')).toBe('said')
})

it('fails as the connection fails', async () => {
  const { relay, transport, join, ends } = useRelay()
  join('1', ['a', ''])
  join('2', ['b', ''])
  relay.open()
  await transport.refuse(503, { 'Retry-After': '7' })
  expect([...ends.values()]).toEqual([1, 2].map(() => expect.objectContaining({ status: 503, retryAfter: 7000 })))
})

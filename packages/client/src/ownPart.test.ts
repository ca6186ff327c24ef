import {
  createEventStreamObserver,
  type EventStreamObserver,
  forgetEventStreams,
  type ObserverOptions,
} from '@tidewire/client'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { useScriptedStreams } from '../test/useScriptedStreams.ts'

const URL_A = 'https://example.test/a'

const { server, open, settle, pass } = useScriptedStreams()
let leaving: (() => void)[]

beforeEach(() => {
  leaving = []
})

afterEach(async () => {
  for (const leave of leaving) leave()
  await pass(1000)
  forgetEventStreams()
})

/** Somebody who follows, and what they were told. */
interface Follower {
  readonly observer: EventStreamObserver
  readonly log: string[]
  readonly leave: () => void
}

async function join(options: ObserverOptions = {}): Promise<Follower> {
  const log: string[] = []
  const observer = createEventStreamObserver(URL_A, {
    fetch: server.fetch,
    onMessage: (data) => void log.push(`message:${String(data)}`),
    onGap: ({ reason }) => void log.push(`gap:${reason}`),
    onError: ({ code }) => void log.push(`error:${code}`),
    onClose: (reason) => void log.push(`close:${reason}`),
    ...options,
  })
  const leave = observer.subscribe(() => {})
  leaving.push(leave)
  await settle()
  return { observer, log, leave }
}

async function send(text: string): Promise<void> {
  server.last.send(text)
  await settle()
}

/** What somebody shows after the next frame. */
async function shownBy({ observer }: Follower) {
  await pass(50)
  return observer.getSnapshot()
}

const complete = 'event: sse.bye\ndata: {"reason":"complete"}\n\n'

describe('pause() of one of several', () => {
  it('pauses that one alone', async () => {
    const [one, other] = [await join(), await join()]
    await open('id: a\ndata: 1\n\n')
    one.observer.pause()
    await send('id: b\ndata: 2\n\n')
    expect(await shownBy(one)).toMatchObject({ status: 'paused', data: 1, lastEventId: 'a' })
    expect(await shownBy(other)).toMatchObject({ status: 'open', data: 2, lastEventId: 'b' })
    expect([one.log, other.log]).toEqual([['message:1'], ['message:1', 'message:2']])
    expect(server.live).toHaveLength(1)
  })

  it('is shown at once, and to who listens in the next frame', async () => {
    const one = await join()
    await join()
    await open()
    await pass(50)
    let count = 0
    leaving.push(one.observer.subscribe(() => void count++))
    one.observer.pause()
    const shown = one.observer.getSnapshot()
    expect([shown.status, count]).toEqual(['paused', 0])
    expect(await shownBy(one)).toBe(shown)
    expect(count).toBe(1)
  })

  it('and resume() is a gap where others had events meanwhile, and it shows what they show', async () => {
    const [one, other] = [await join(), await join()]
    await open('data: 1\n\n')
    one.observer.pause()
    await send('data: 2\n\n')
    one.observer.resume()
    await send('data: 3\n\n')
    expect(one.log).toEqual(['message:1', 'gap:reset', 'message:3'])
    expect(other.log).toEqual(['message:1', 'message:2', 'message:3'])
    expect(await shownBy(one)).toBe(await shownBy(other))
    expect(server.exchanges).toHaveLength(1)
  })

  it('and resume() is none where nothing came', async () => {
    const one = await join()
    await join()
    await open('id: a\ndata: 1\n\n')
    one.observer.pause()
    one.observer.resume()
    one.observer.resume()
    await send('id: b\ndata: 2\n\n')
    expect(one.log).toEqual(['message:1', 'message:2'])
  })

  it('ends with reconnect(), too', async () => {
    const one = await join()
    await join()
    await open('data: 1\n\n')
    one.observer.pause()
    one.observer.reconnect()
    await settle()
    await open('data: 2\n\n')
    expect(await shownBy(one)).toMatchObject({ status: 'open', data: 2 })
    expect(server.live).toHaveLength(1)
  })

  it('hears of the end, and shows it', async () => {
    const one = await join()
    await join()
    await open('data: 1\n\n')
    one.observer.pause()
    await send(`data: 2\n\n${complete}`)
    expect(one.log).toEqual(['message:1', 'close:complete'])
    expect(await shownBy(one)).toMatchObject({ status: 'closed', closeReason: 'complete', data: 2 })
  })

  it('lasts over a leave and a return', async () => {
    const one = await join()
    await join()
    await open()
    one.observer.pause()
    one.leave()
    leaving.push(one.observer.subscribe(() => {}))
    await send('data: 1\n\n')
    expect(one.log).toEqual([])
    expect((await shownBy(one)).status).toBe('paused')
  })

  it('lasts over another option, and ends with another URL', async () => {
    const one = await join()
    await join()
    await open()
    one.observer.pause()
    one.observer.setOptions(URL_A, { fetch: server.fetch, headers: { a: '1' } })
    await pass(100)
    expect(one.observer.getSnapshot().status).toBe('paused')
    expect(server.live).toHaveLength(1)
    one.observer.setOptions(`${URL_A}/b`, { fetch: server.fetch })
    await settle()
    expect(server.live).toHaveLength(2)
    expect(one.observer.getSnapshot().status).toBe('connecting')
  })
})

describe('the connection', () => {
  it('rests when all of its followers do, and goes on with the first, without a gap', async () => {
    const [one, other] = [await join(), await join()]
    await open('id: a\ndata: 1\n\n')
    one.observer.pause()
    other.observer.pause()
    expect(server.live).toEqual([])
    expect((await shownBy(one)).status).toBe('paused')
    one.observer.resume()
    await settle()
    expect(server.last.header('Last-Event-ID')).toBe('a')
    await open('id: b\ndata: 2\n\n')
    expect((await shownBy(one)).status).toBe('open')
    expect((await shownBy(other)).status).toBe('paused')
    expect([one.log, other.log]).toEqual([['message:1', 'message:2'], ['message:1']])
  })

  it('rests when those leave who do not', async () => {
    const [one, other] = [await join(), await join()]
    await open()
    one.observer.pause()
    other.leave()
    expect(server.live).toEqual([])
    one.observer.resume()
    await settle()
    expect(server.live).toHaveLength(1)
  })

  it('goes on for who comes', async () => {
    const one = await join()
    await open()
    one.observer.pause()
    expect(server.live).toEqual([])
    const other = await join()
    await open('data: 1\n\n')
    expect(other.log).toEqual(['message:1'])
    expect(one.log).toEqual([])
    expect((await shownBy(one)).status).toBe('paused')
  })

  it('does not stay at rest for others when who rested has left', async () => {
    const one = await join()
    await open()
    one.observer.pause()
    one.leave()
    await join()
    expect(server.live).toHaveLength(1)
  })
})

describe('close() of one of several', () => {
  it('ends its part alone', async () => {
    const [one, other] = [await join(), await join()]
    await open('data: 1\n\n')
    one.observer.close()
    one.observer.close()
    expect(one.observer.getSnapshot()).toMatchObject({ status: 'closed', closeReason: 'manual', data: 1 })
    await send('data: 2\n\n')
    expect(one.log).toEqual(['message:1', 'close:manual'])
    expect(other.log).toEqual(['message:1', 'message:2'])
    expect(await shownBy(one)).toMatchObject({ status: 'closed', data: 1 })
    expect(server.live).toHaveLength(1)
  })

  it('is published at once', async () => {
    const one = await join()
    await join()
    await open()
    const seen: string[] = []
    leaving.push(one.observer.subscribe(() => void seen.push(one.observer.getSnapshot().status)))
    one.observer.close()
    expect(seen).toEqual(['closed'])
  })

  it('ends the connection with the last', async () => {
    const [one, other] = [await join(), await join()]
    await open()
    one.observer.close()
    other.observer.close()
    expect(server.live).toEqual([])
    expect([one.log, other.log]).toEqual([['close:manual'], ['close:manual']])
  })

  it('is no end for who comes later', async () => {
    const one = await join()
    await open()
    one.observer.close()
    const late = await join()
    await open('data: 1\n\n')
    expect(late.log).toEqual(['message:1'])
    expect((await shownBy(one)).status).toBe('closed')
  })

  it('leaves those at rest who rest', async () => {
    const [one, other] = [await join(), await join()]
    await open()
    one.observer.pause()
    other.observer.close()
    expect(server.live).toEqual([])
    expect((await shownBy(one)).status).toBe('paused')
    one.observer.close()
    expect(one.log).toEqual(['close:manual'])
  })

  it('and open() comes back to the others, and hears of what it has missed', async () => {
    const one = await join()
    await join()
    await open('data: 1\n\n')
    one.observer.close()
    await send('data: 2\n\n')
    one.observer.open()
    await send('data: 3\n\n')
    expect(one.log).toEqual(['message:1', 'close:manual', 'gap:reset', 'message:3'])
    expect(await shownBy(one)).toMatchObject({ status: 'open', data: 3 })
    expect(server.exchanges).toHaveLength(1)
  })

  it('and open() of another request has a connection of its own, from where it was', async () => {
    const one = await join()
    await join()
    await open('id: a\ndata: 1\n\n')
    one.observer.close()
    await send('id: b\ndata: 2\n\n')
    one.observer.open({ headers: { a: '1' } })
    await settle()
    expect(server.live).toHaveLength(2)
    expect([server.last.header('a'), server.last.header('Last-Event-ID')]).toEqual(['1', 'a'])
    expect(one.log).toEqual(['message:1', 'close:manual'])
  })

  it('and open() of one does not open what another has closed', async () => {
    const [one, other] = [await join(), await join()]
    await open('id: a\ndata: 1\n\n')
    one.observer.close()
    other.observer.close()
    one.observer.open()
    await settle()
    expect(server.live).toHaveLength(1)
    expect(server.last.header('Last-Event-ID')).toBe('a')
    await open('id: b\ndata: 2\n\n')
    expect(other.log).toEqual(['message:1', 'close:manual'])
    expect((await shownBy(other)).status).toBe('closed')
  })

  it('outlives a return, another option, and others who leave', async () => {
    const [one, other] = [await join(), await join()]
    await open()
    one.observer.close()
    one.observer.setOptions(URL_A, { fetch: server.fetch, headers: { a: '1' } })
    leaving.push(one.observer.subscribe(() => {}))
    other.leave()
    await pass(2000)
    expect(server.live).toEqual([])
    expect(one.observer.getSnapshot().status).toBe('closed')
  })
})

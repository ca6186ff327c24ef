import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type FakePage, stubPage } from '../test/fakePage.ts'
import { useScriptedStreams } from '../test/useScriptedStreams.ts'

let page: FakePage

// Runs last: hooks that clean up run in the opposite order.
afterEach(() => {
  expect(page.listenerCount).toBe(0)
  vi.unstubAllGlobals()
})

const { server, start, open, answer, refuse, settle, pass } = useScriptedStreams()

beforeEach(() => {
  page = stubPage()
})

describe('pause()', () => {
  it('gives the connection up and keeps the position, until resume()', async () => {
    const { stream, log } = await start()
    await open('id: a\ndata: 1\n\n')
    stream.pause()
    expect(stream).toMatchObject({ status: 'paused', lastEventId: 'a', data: 1, attempt: 0, error: undefined })
    expect(server.live).toEqual([])
    await pass(1_000_000)
    expect(server.exchanges).toHaveLength(1)
    stream.resume()
    expect(stream.status).toBe('reconnecting')
    await settle()
    expect(server.last.header('Last-Event-ID')).toBe('a')
    await open()
    expect(log).toEqual(['open', 'message:1', 'open'])
  })

  it('is no end and no failure', async () => {
    const { stream, log } = await start()
    stream.pause()
    await settle()
    expect(log).toEqual([])
    expect(stream).toMatchObject({ closeReason: undefined, error: undefined })
  })

  it('ends the wait for another attempt', async () => {
    const { stream } = await start()
    await refuse(503)
    stream.pause()
    expect(stream).toMatchObject({ status: 'paused', nextRetryAt: undefined, attempt: 0, error: undefined })
    await pass(1_000_000)
    expect(server.exchanges).toHaveLength(1)
  })

  it('before the first answer goes on as connecting', async () => {
    const { stream } = await start()
    stream.pause()
    expect(server.live).toEqual([])
    stream.resume()
    expect(stream.status).toBe('connecting')
    await settle()
    expect(server.exchanges).toHaveLength(2)
  })

  it('in the turn that creates the stream sends nothing', async () => {
    const created = start()
    // `start` has created it, and waits.
    page.tellWindow('offline')
    const { stream } = await created
    stream.pause()
    page.tellWindow('online')
    await settle()
    expect(server.exchanges).toEqual([])
    expect(stream.status).toBe('paused')
  })

  it('and resume() in one turn leave one connection, however often', async () => {
    const { stream } = await start()
    await open()
    for (let i = 0; i < 5; i++) {
      stream.pause()
      stream.pause()
      stream.resume()
      stream.resume()
    }
    await settle()
    expect(server.live).toEqual([server.last])
    expect(server.exchanges).toHaveLength(2)
  })

  it('in a handler is the end of the chunk, and the rest comes when it goes on', async () => {
    const { stream, log } = await start({
      onEvent({ data }) {
        if (data === 1) stream.pause()
      },
    })
    await open('id: a\ndata: 1\n\nid: b\ndata: 2\n\n')
    expect(log).toEqual(['open', 'message:1'])
    stream.resume()
    await settle()
    expect(server.last.header('Last-Event-ID')).toBe('a')
  })

  it('is ended by reconnect() and close(), and not by open()', async () => {
    const { stream, log } = await start()
    stream.pause()
    stream.open()
    await settle()
    expect(stream.status).toBe('paused')
    stream.reconnect()
    await settle()
    expect(server.live).toHaveLength(1)
    stream.pause()
    stream.close()
    expect(stream).toMatchObject({ status: 'closed', closeReason: 'manual' })
    stream.resume()
    await settle()
    expect(stream.status).toBe('closed')
    expect(log).toEqual(['close:manual'])
  })

  it('means nothing to a stream that is over, or opened again', async () => {
    const { stream } = await start()
    stream.close()
    stream.pause()
    expect(stream.status).toBe('closed')
    stream.open()
    await settle()
    expect(stream.status).toBe('connecting')
    expect(server.live).toHaveLength(1)
  })

  it('gives up a POST, and resume() sends it again, as it was asked to', async () => {
    const { stream } = await start({ body: { prompt: 'hi' } })
    await open()
    stream.pause()
    expect(server.live).toEqual([])
    stream.resume()
    await settle()
    expect(server.exchanges.map(({ init }) => init.body)).toEqual(['{"prompt":"hi"}', '{"prompt":"hi"}'])
  })
})

describe('a stream without network', () => {
  it('rests, and comes back with the network from its position', async () => {
    const { stream, log } = await start()
    await open('id: a\ndata: 1\n\n')
    page.tellWindow('offline')
    expect(stream.status).toBe('paused')
    expect(server.live).toEqual([])
    await pass(1_000_000)
    expect(server.exchanges).toHaveLength(1)
    page.tellWindow('online')
    await settle()
    expect(server.last.header('Last-Event-ID')).toBe('a')
    await open()
    expect(log).toEqual(['open', 'message:1', 'open'])
  })

  it('makes no second connection where the network comes and goes in the wait for another attempt', async () => {
    await start()
    await refuse(503)
    for (let i = 0; i < 3; i++) {
      page.tellWindow('offline')
      page.tellWindow('online')
    }
    await settle()
    expect(server.live).toEqual([server.last])
    await pass(100_000)
    expect(server.live.length).toBeLessThanOrEqual(1)
  })

  it('that was begun without it connects as soon as it is there', async () => {
    const { stream } = await start()
    for (let i = 0; i < 8; i++) {
      server.last.fail()
      await settle()
      await pass(stream.nextRetryAt! - Date.now())
    }
    server.last.fail()
    await settle()
    const { length } = server.exchanges
    expect(stream.nextRetryAt! - Date.now()).toBeGreaterThan(20_000)
    page.tellWindow('online')
    await settle()
    expect(server.exchanges).toHaveLength(length + 1)
    expect(server.live).toHaveLength(1)
  })

  it('does not hurry a server that asked for time', async () => {
    const { stream } = await start()
    await refuse(503, { 'Retry-After': '60' })
    page.tellWindow('online')
    await settle()
    expect(server.exchanges).toHaveLength(1)
    expect(stream.nextRetryAt).toBe(60_000)
  })
})

describe('a page that is put aside', () => {
  it('has no connection, so that it can be kept, and comes back to life', async () => {
    const { stream } = await start()
    await open('id: a\ndata: 1\n\n')
    page.turn('pagehide', true)
    // At once: a page that has a connection then is not kept.
    expect(server.live).toEqual([])
    expect(stream.status).toBe('paused')
    page.turn('pageshow', true)
    await settle()
    expect(server.last.header('Last-Event-ID')).toBe('a')
    expect(server.live).toHaveLength(1)
  })

  it('rests once where it is frozen, too', async () => {
    const { stream } = await start()
    await open()
    page.turn('pagehide', true)
    page.tellDocument('freeze')
    page.tellDocument('resume')
    page.turn('pageshow', true)
    await settle()
    expect(stream.status).toBe('reconnecting')
    expect(server.exchanges).toHaveLength(2)
  })

  it('is not one that is shown for the first time', async () => {
    await start()
    await open()
    page.turn('pageshow', false)
    await settle()
    expect(server.exchanges).toHaveLength(1)
    expect(server.live).toHaveLength(1)
  })
})

describe('pauseWhenHidden', () => {
  it('is off by default', async () => {
    const { stream } = await start()
    await open()
    page.hide()
    await pass(1_000_000)
    expect(stream.status).toBe('open')
  })

  it('pauses ten seconds after the page was hidden, and resumes where it was', async () => {
    const { stream } = await start({ pauseWhenHidden: true })
    await open('id: a\ndata: 1\n\n')
    page.hide()
    await pass(9999)
    expect(stream.status).toBe('open')
    await pass(1)
    expect(stream.status).toBe('paused')
    expect(server.live).toEqual([])
    page.show()
    await settle()
    expect(server.last.header('Last-Event-ID')).toBe('a')
  })

  it.each([0, 300])('pauses after %i ms', async (pauseWhenHidden) => {
    const { stream } = await start({ pauseWhenHidden })
    await open()
    page.hide()
    await pass(Math.max(0, pauseWhenHidden - 1))
    const before = stream.status
    await pass(1)
    expect([before, stream.status]).toEqual([pauseWhenHidden ? 'open' : 'paused', 'paused'])
  })

  it('does not pause for ever after, where it is longer than a timer can be', async () => {
    const { stream } = await start({ pauseWhenHidden: Infinity })
    await open()
    page.hide()
    await pass(1_000_000)
    expect(stream.status).toBe('open')
  })

  it('forgets about a page that is shown again in time', async () => {
    const { stream } = await start({ pauseWhenHidden: true })
    await open()
    page.hide()
    await pass(9000)
    page.show()
    await pass(9000)
    page.hide()
    await pass(9000)
    expect(stream.status).toBe('open')
    expect(server.exchanges).toHaveLength(1)
  })

  it('pauses a stream that begins on a hidden page', async () => {
    page.hide()
    const { stream } = await start({ pauseWhenHidden: true })
    await open()
    await pass(10_000)
    expect(stream.status).toBe('paused')
  })

  it('leaves one connection where the tab is toggled in the wait for another attempt', async () => {
    await start({ pauseWhenHidden: 0, body: {}, retry: {} })
    await refuse(503)
    for (let i = 0; i < 3; i++) {
      page.hide()
      await pass(1)
      page.show()
    }
    await settle()
    expect(server.live).toEqual([server.last])
    await pass(100_000)
    expect(server.live.length).toBeLessThanOrEqual(1)
  })

  it('leaves a timer behind in no way that a stream ends', async () => {
    const { stream } = await start({ pauseWhenHidden: true })
    page.hide()
    stream.close()
    await pass(10_000)
    expect(stream.status).toBe('closed')
  })
})

describe('reasons to pause', () => {
  it('are kept apart: one who resumes does not override another', async () => {
    const { stream } = await start({ pauseWhenHidden: 0 })
    await open()
    stream.pause()
    page.tellWindow('offline')
    page.tellDocument('freeze')
    page.hide()
    await pass(1)
    const ends = [() => stream.resume(), () => page.tellWindow('online'), () => page.tellDocument('resume')]
    for (const end of ends) {
      end()
      await settle()
      expect(stream.status).toBe('paused')
    }
    page.show()
    await settle()
    expect(stream.status).toBe('reconnecting')
    expect(server.exchanges).toHaveLength(2)
  })

  it('outlive reconnect(), but for the one that was asked for', async () => {
    const { stream } = await start()
    await open()
    page.tellWindow('offline')
    stream.pause()
    stream.reconnect()
    await settle()
    expect(stream.status).toBe('paused')
    expect(server.exchanges).toHaveLength(1)
    page.tellWindow('online')
    await settle()
    expect(server.live).toHaveLength(1)
  })
})

describe('what cannot be repeated', () => {
  it('is not given up for what happens around it', async () => {
    const { stream } = await start({ body: {}, pauseWhenHidden: 0 })
    await open('data: 1\n\n')
    page.tellWindow('offline')
    page.tellDocument('freeze')
    page.turn('pagehide', true)
    page.hide()
    vi.setSystemTime(3_600_000)
    await pass(20_000)
    expect(stream.status).toBe('open')
    expect(server.exchanges).toHaveLength(1)
    expect(server.live).toHaveLength(1)
  })
})

describe('a machine that has slept', () => {
  it('connects anew, at once and from its position', async () => {
    const { stream } = await start()
    await open('id: a\ndata: 1\n\n')
    vi.setSystemTime(3_600_000)
    await pass(10_000)
    expect(stream.status).toBe('reconnecting')
    expect(server.live).toEqual([server.last])
    expect(server.last.header('Last-Event-ID')).toBe('a')
  })

  it('does not wait out what it waited for before', async () => {
    const { stream } = await start({ retry: { delay: 1_000_000, maxDelay: 1_000_000 } })
    await answer()
    expect(stream.nextRetryAt).toBe(1_000_000)
    vi.setSystemTime(900_000)
    await pass(10_000)
    expect(server.exchanges).toHaveLength(2)
  })

  it('leaves alone what is paused or closed', async () => {
    const { stream } = await start()
    stream.pause()
    vi.setSystemTime(3_600_000)
    await pass(10_000)
    expect(stream.status).toBe('paused')
    stream.close()
    expect(server.exchanges).toHaveLength(1)
  })
})

describe('isLost', () => {
  it('says so five seconds after the connection was lost, and not before', async () => {
    const { stream } = await start()
    await open()
    server.last.end()
    await pass(4999)
    expect(stream.isLost).toBe(false)
    await pass(1)
    expect(stream.isLost).toBe(true)
  })

  it('says nothing of a quick reconnection', async () => {
    const { stream } = await start()
    const listener = vi.fn(() => stream.getSnapshot().isLost)
    stream.subscribe(listener)
    await open()
    for (let i = 0; i < 5; i++) {
      server.last.end()
      await pass(3000)
      await open('data: 1\n\n')
    }
    await pass(100_000)
    expect(listener).not.toHaveReturnedWith(true)
  })

  it('counts from the loss, and not from each attempt', async () => {
    const { stream } = await start({ retry: { delay: 1000, multiplier: 1 } })
    await open()
    server.last.end()
    for (let i = 0; i < 4; i++) {
      await pass(1000)
      await refuse(503)
    }
    expect(stream.isLost).toBe(false)
    await pass(1000)
    expect(stream.isLost).toBe(true)
  })

  it('ends with the connection, and with the stream', async () => {
    const { stream } = await start()
    await pass(5000)
    expect(stream.isLost).toBe(true)
    await open()
    expect(stream.isLost).toBe(false)
    server.last.end()
    await pass(6000)
    expect(stream.isLost).toBe(true)
    stream.close()
    expect(stream.isLost).toBe(false)
  })

  it('is told to subscribers', async () => {
    const { stream } = await start()
    const listener = vi.fn()
    await pass(4000)
    stream.subscribe(listener)
    await pass(1050)
    expect(listener).toHaveBeenCalledTimes(1)
    expect(stream.getSnapshot().isLost).toBe(true)
  })

  it('takes another time from lostAfter', async () => {
    const { stream } = await start({ lostAfter: 100 })
    await pass(99)
    expect(stream.isLost).toBe(false)
    await pass(1)
    expect(stream.isLost).toBe(true)
  })

  it('never comes where lostAfter is longer than a timer can be', async () => {
    const { stream } = await start({ lostAfter: Infinity })
    await pass(1_000_000)
    expect(stream.isLost).toBe(false)
  })

  it('says so without network, and not of a stream that rests on purpose', async () => {
    const { stream } = await start()
    await open()
    stream.pause()
    await pass(10_000)
    expect(stream.isLost).toBe(false)
    page.tellWindow('offline')
    await pass(5000)
    expect(stream.isLost).toBe(true)
    page.tellWindow('online')
    expect(stream.isLost).toBe(false)
  })
})

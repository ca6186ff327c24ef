import { createEventStreamObserver, type EventStreamOptions } from '@tidewire/client'
import { polling } from '@tidewire/client/polling'
import { describe, expect, it, vi } from 'vitest'
import { useScriptedStreams } from '../../test/useScriptedStreams.ts'

// The clock stands still, and chance is all of its bound: a quarter more than `interval`.
const { server, start, settle, pass, refuse } = useScriptedStreams()

const hello = (id: string, channels = { news: 'resumed' }) =>
  `id: ${id}\nevent: sse.hello\ndata: ${JSON.stringify({ v: 1, heartbeat: 1000, cursor: id, channels })}\n\n`

const isPoll = () => server.last.url.endsWith('?poll')

async function answerPoll(text = hello('e.1')): Promise<void> {
  expect(isPoll()).toBe(true)
  server.last.respond().send(text).end()
  await settle()
}

/** Follows a stream that was mute until it turned to polling, and has sent its first poll. */
async function startPolling(options: Parameters<typeof polling>[0] = {}, more: EventStreamOptions = {}) {
  const followed = await start({ transport: polling(options), connectTimeout: 1000, retry: { delay: 10 }, ...more })
  while (!isPoll()) await pass(1000)
  return followed
}

describe('a stream that is open but mute', () => {
  it('is polled after two attempts in a row', async () => {
    const { stream, log } = await start({
      transport: polling(),
      connectTimeout: 1000,
      retry: { delay: 10, jitter: 'none' },
    })
    await pass(1000)
    expect(stream).toMatchObject({ status: 'reconnecting', error: { code: 'timeout' } })
    await pass(10)
    // A head alone is mute, too.
    server.last.respond()
    await pass(999)
    expect(stream).toMatchObject({ status: 'open', transport: 'fetch' })
    expect(server.live).toHaveLength(1)
    await pass(1)
    await pass(15)
    await answerPoll()
    expect(server.exchanges.map(({ url }) => url.includes('poll'))).toEqual([false, false, true])
    expect(stream).toMatchObject({ status: 'open', transport: 'polling', error: undefined, lastEventId: 'e.1' })
    expect(log).toEqual(['error:timeout', 'open', 'error:timeout', 'open'])
  })

  it('is held to its heartbeat where the user has said what that is', async () => {
    await start({ transport: polling({ after: 1 }), heartbeat: 100, retry: { delay: 0 } })
    server.last.respond()
    await pass(199)
    expect(server.exchanges).toHaveLength(1)
    await pass(2)
    expect(isPoll()).toBe(true)
  })

  it('is one from which no byte came, not one that fell silent', async () => {
    const { stream } = await start({ transport: polling({ after: 1 }), heartbeat: 100, retry: { delay: 0 } })
    for (let n = 0; n < 3; n++) {
      server.last.respond().send(':\n\n')
      await pass(200)
      expect(stream.error?.code).toBe('timeout')
      expect(isPoll()).toBe(false)
    }
  })

  it('is not one that was refused, or lost', async () => {
    await start({ transport: polling({ after: 1 }), connectTimeout: 1000, retry: { delay: 0 } })
    for (let n = 0; n < 3; n++) {
      await refuse(503)
      server.last.fail()
      await settle()
      server.last.respond().end()
      await settle()
      expect(isPoll()).toBe(false)
    }
  })

  it('is forgotten once a stream gets through', async () => {
    await start({ transport: polling(), connectTimeout: 1000, retry: { delay: 0 } })
    for (let n = 0; n < 3; n++) {
      await pass(1000)
      expect(isPoll()).toBe(false)
      server.last.respond().send(':\n\n').end()
      await settle()
    }
  })

  it('may be mute for ever where the user says so', async () => {
    const { stream } = await start({ transport: polling({ after: 1 }), connectTimeout: 0 })
    server.last.respond()
    await pass(10_000_000)
    expect(stream.status).toBe('open')
    expect(server.exchanges).toHaveLength(1)
  })

  it('tells other streams of the same server, which share the transport', async () => {
    const transport = polling()
    const options = { transport, connectTimeout: 1000, retry: { delay: 10 } }
    await start(options)
    while (!isPoll()) await pass(1000)
    await start(options)
    expect(isPoll()).toBe(true)
    expect(server.exchanges.filter(({ url }) => url.endsWith('?poll'))).toHaveLength(2)
  })
})

describe('polls', () => {
  it('come one interval apart, and a part of it that is left to chance', async () => {
    await startPolling({ interval: 1000 })
    await answerPoll()
    const { length } = server.exchanges
    await pass(1249)
    expect(server.exchanges).toHaveLength(length)
    vi.spyOn(Math, 'random').mockReturnValue(0)
    await pass(1)
    await answerPoll()
    await pass(749)
    expect(server.exchanges).toHaveLength(length + 1)
    await pass(1)
    expect(server.exchanges).toHaveLength(length + 2)
  })

  it('come no sooner than the server wants', async () => {
    await startPolling({ interval: 1000 })
    await answerPoll(`retry: 9000\n\n${hello('e.1')}`)
    const { length } = server.exchanges
    await pass(8999)
    expect(server.exchanges).toHaveLength(length)
    await pass(1)
    expect(server.exchanges).toHaveLength(length + 1)
  })

  it('come after an hour at the latest, whatever the server wants', async () => {
    await startPolling({ interval: 1000, retryStream: 10_000_000 })
    await answerPoll(`retry: 99999999999999\n\n${hello('e.1')}`)
    const { length } = server.exchanges
    await pass(3_599_999)
    expect(server.exchanges).toHaveLength(length)
    await pass(1)
    expect(server.exchanges).toHaveLength(length + 1)
  })

  it('begin where the one before has ended', async () => {
    const { stream, log } = await startPolling()
    await answerPoll(`${hello('e.1')}id: e.2\ndata: two\n\nid: e.5\n\n`)
    expect(stream.lastEventId).toBe('e.5')
    await pass(6250)
    expect(server.last.header('last-event-id')).toBe('e.5')
    await answerPoll(`${hello('e.5')}id: e.6\ndata: six\n\n`)
    expect(log.slice(-3)).toEqual(['open', 'message:two', 'message:six'])
  })

  it('leave the status alone, and no watchdog barks between them', async () => {
    const { stream, log } = await startPolling({ interval: 20_000 }, { heartbeat: 100 })
    await answerPoll()
    const statuses: string[] = []
    stream.subscribe(() => statuses.push(stream.status))
    const before = log.length
    for (let n = 0; n < 5; n++) {
      await pass(25_000)
      await answerPoll(hello(`e.${n + 2}`))
    }
    expect(log).toHaveLength(before)
    expect(new Set(statuses)).toEqual(new Set(['open']))
  })

  it('take what they are asked with from the options of that moment', async () => {
    const options = (token: string) => ({
      transport,
      connectTimeout: 1000,
      retry: { delay: 10 },
      fetch: server.fetch,
      headers: { 'X-Token': token },
      linger: 0,
    })
    const transport = polling()
    const observer = createEventStreamObserver('https://example.test/', options('old'))
    const leave = observer.subscribe(() => {})
    await settle()
    while (!isPoll()) await pass(1000)
    await answerPoll()
    observer.setOptions('https://example.test/', options('new'))
    await pass(6250)
    expect(server.last.header('x-token')).toBe('new')
    leave()
    observer.close()
  })

  it.for([
    ['https://a/?b=c#d', 'https://a/?b=c&poll#d'],
    ['https://a/#d', 'https://a/?poll#d'],
    ['https://a/b', 'https://a/b?poll'],
  ])('ask for %s as %s', async ([resolved = '', expected]) => {
    await start({ transport: polling({ after: 1 }), connectTimeout: 1000, resolveURL: () => resolved })
    await pass(2000)
    expect(server.exchanges.map(({ url }) => url)).toEqual([resolved, expected])
  })

  it('are tried again where one fails, which is told', async () => {
    const { stream, log } = await startPolling()
    await answerPoll()
    await pass(6250)
    await refuse(503)
    expect(stream).toMatchObject({ status: 'reconnecting', error: { code: 'http-status', status: 503 } })
    await pass(10)
    await answerPoll()
    expect(stream).toMatchObject({ status: 'open', transport: 'polling', error: undefined })
    expect(log.slice(-2)).toEqual(['error:http-status', 'open'])
  })

  it('go on, too, where one is cut off, or sent away', async () => {
    const { stream, log } = await startPolling()
    await answerPoll()
    const cutOff = () => server.last.respond().send(hello('e.2')).fail()
    const sendAway = () => void server.last.respond().send('event: sse.bye\ndata: {"reason":"drain"}\n\n')
    for (const end of [cutOff, sendAway]) {
      await pass(6250)
      end()
      await settle()
      expect(stream.status).toBe('reconnecting')
      await pass(100)
      await answerPoll(hello('e.3'))
      expect(stream.status).toBe('open')
    }
    expect(log.filter((entry) => entry.startsWith('error'))).toEqual([
      'error:timeout',
      'error:timeout',
      'error:network',
      'error:disconnected',
    ])
  })

  it('are held to the time that an answer may take', async () => {
    const { stream } = await startPolling()
    await answerPoll()
    await pass(6250)
    server.last.respond().send(hello('e.2'))
    await pass(999)
    expect(stream.status).toBe('open')
    await pass(1)
    expect(stream).toMatchObject({ status: 'reconnecting', error: { code: 'timeout' } })
  })

  it('renew credentials where the server wants others', async () => {
    const onUnauthorized = vi.fn()
    const { stream } = await startPolling({}, { onUnauthorized })
    await answerPoll()
    await pass(6250)
    await refuse(401)
    expect(onUnauthorized).toHaveBeenCalledOnce()
    await answerPoll()
    expect(stream.status).toBe('open')
  })

  it('rest with the stream', async () => {
    const { stream } = await startPolling()
    await answerPoll()
    stream.pause()
    const { length } = server.exchanges
    await pass(100_000)
    expect(server.exchanges).toHaveLength(length)
    stream.resume()
    await settle()
    await answerPoll(hello('e.2'))
    expect(stream).toMatchObject({ status: 'open', transport: 'polling' })
  })
})

describe('a stream', () => {
  it('is tried again after five minutes, then after twice as long, and polls go on where it stays mute', async () => {
    const { stream, log } = await startPolling({ interval: 10_000 })
    const began = Date.now()
    const trials: number[] = []
    const patience: number[] = []
    const before = log.length
    while (trials.length < 4) {
      if (isPoll()) {
        server.last.respond().send(hello('e.1')).end()
        await pass(12_500)
      } else {
        trials.push(Date.now() - began)
        // It is given the time of one interval, but no more than any stream gets.
        await pass(999)
        patience.push(server.live.length)
        await pass(1)
      }
    }
    expect(patience).toEqual([1, 1, 1, 1])
    const gaps = trials.map((at, n) => at - (trials[n - 1] ?? 0))
    for (const [n, gap] of gaps.entries()) {
      expect(gap).toBeGreaterThanOrEqual(300_000 * 2 ** n)
      expect(gap).toBeLessThan(300_000 * 2 ** n + 20_000)
    }
    expect(stream).toMatchObject({ status: 'open', transport: 'polling' })
    expect(log.slice(before)).toEqual(['open'])
  })

  it('takes over as soon as a byte of it comes', async () => {
    const { stream, log } = await startPolling({ retryStream: 1 })
    await answerPoll()
    await pass(6250)
    expect(isPoll()).toBe(false)
    expect(server.last.header('last-event-id')).toBe('e.1')
    server.last.respond()
    await settle()
    expect(stream.transport).toBe('polling')
    server.last.send(`${hello('e.1')}id: e.2\ndata: two\n\n`)
    await settle()
    expect(stream).toMatchObject({ status: 'open', transport: 'fetch', lastEventId: 'e.2' })
    // From here on the heartbeat counts that was promised.
    await pass(1999)
    expect(stream.status).toBe('open')
    await pass(1)
    expect(stream).toMatchObject({ status: 'reconnecting', error: { code: 'timeout' } })
    await pass(10)
    expect(isPoll()).toBe(false)
    expect(log.slice(-4)).toEqual(['open', 'open', 'message:two', 'error:timeout'])
  })

  it('is tried again, too, where polls have come to fail', async () => {
    const { stream } = await startPolling({ retryStream: 60_000 })
    await answerPoll()
    await pass(6250)
    for (let n = 0; n < 1000 && isPoll(); n++) {
      await refuse(503)
      await pass(1000)
    }
    expect(isPoll()).toBe(false)
    server.last.respond().send(hello('e.1'))
    await settle()
    expect(stream).toMatchObject({ status: 'open', transport: 'fetch' })
  })

  it('is gone back to where the first poll is mute as well', async () => {
    await startPolling()
    await pass(1000)
    await pass(50)
    expect(isPoll()).toBe(false)
  })

  it('is gone back to for good where the first poll is answered by no hub, which is told once', async () => {
    const { stream, log } = await startPolling()
    await answerPoll('retry: 7\n\nid: 5\n\ndata: stranger\n\n')
    expect(stream).toMatchObject({ lastEventId: '', error: { code: 'disconnected', cause: { code: 'disconnected' } } })
    expect(stream.error?.message).toContain('offers no polling')
    await pass(20)
    for (let n = 0; n < 5; n++) {
      await pass(1100)
      expect(isPoll()).toBe(false)
    }
    expect(log.filter((entry) => entry === 'error:disconnected')).toHaveLength(1)
    // Without a fallback, a head is as good as it was.
    server.last.respond()
    await pass(100_000)
    expect(stream.status).toBe('open')
  })

  it('is gone back to where a first poll has an end and nothing before it', async () => {
    const { stream } = await startPolling()
    await answerPoll('')
    expect(stream.error?.message).toContain('offers no polling')
  })

  it('is not gone back to for a first poll that is refused for now', async () => {
    const { stream } = await startPolling()
    await refuse(503)
    await pass(100)
    await answerPoll()
    expect(stream.transport).toBe('polling')
  })
})

it('remembers the ways to the last fifty servers', async () => {
  const transport = polling({ after: 1 })
  const controller = new AbortController()
  const knock = async (url: string) => {
    const asked: string[] = []
    const fetch = (async (input: string | URL) => {
      asked.push(String(input))
      return new Promise(() => {})
    }) as typeof globalThis.fetch
    const done = transport({
      url,
      options: { fetch, connectTimeout: 1000 },
      lastEventId: '',
      signal: controller.signal,
      silence: Infinity,
      receive() {},
    })
    await pass(1000)
    await done
    return asked[0]
  }
  await knock('https://first.test/')
  for (let n = 0; n < 49; n++) await knock(`https://${n}.test/`)
  expect(await knock('https://0.test/')).toContain('poll')
  await knock('https://last.test/')
  expect(await knock('https://first.test/')).not.toContain('poll')
})

it.for([{ after: 0 }, { interval: 0 }, { interval: Number.NaN }, { retryStream: -1 }])('refuses %o', (options) => {
  const [name = ''] = Object.keys(options)
  expect(() => polling(options)).toThrow(TypeError)
  expect(() => polling(options)).toThrow(`Expected \`${name}\` to be above 0`)
})

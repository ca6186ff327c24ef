import { describe, expect, it, vi } from 'vitest'
import { useScriptedStreams } from '../test/useScriptedStreams.ts'

const { server, start, open, settle, pass } = useScriptedStreams()

const hello = (heartbeat: unknown) =>
  `event: sse.hello\ndata: ${JSON.stringify({ v: 1, connection: 'c', heartbeat, cursor: 'e.0', channels: {} })}\n\n`

describe('connectTimeout', () => {
  it('gives up a server that does not answer, after 30 seconds, and tries again', async () => {
    const { stream, log } = await start()
    await pass(29_999)
    expect(stream.status).toBe('connecting')
    await pass(1)
    expect(stream).toMatchObject({ status: 'reconnecting', error: { code: 'timeout' } })
    expect(server.live).toEqual([])
    await pass(1000)
    expect(server.live).toHaveLength(1)
    expect(log).toEqual(['error:timeout'])
  })

  it('may be another time', async () => {
    const { stream } = await start({ connectTimeout: 100 })
    await pass(99)
    expect(stream.status).toBe('connecting')
    await pass(1)
    expect(stream.error?.code).toBe('timeout')
  })

  it.each([0, Infinity])('waits for ever where it is %d', async (connectTimeout) => {
    const { stream } = await start({ connectTimeout })
    await pass(10_000_000)
    expect(stream.status).toBe('connecting')
    expect(server.exchanges).toHaveLength(1)
  })

  it('is over with the answer, however long the stream is silent then', async () => {
    const { stream } = await start({ connectTimeout: 100 })
    await pass(90)
    await open()
    await pass(10_000_000)
    expect(stream.status).toBe('open')
  })

  it('counts anew for each attempt', async () => {
    const { stream } = await start({ connectTimeout: 100, retry: { delay: 0 } })
    await pass(90)
    server.last.fail()
    await pass(0)
    await pass(90)
    expect(server.live).toHaveLength(1)
    await open()
    expect(stream.status).toBe('open')
  })

  it.each([
    ['headers', { headers: () => new Promise<never>(() => {}) }],
    ['resolveURL', { resolveURL: () => new Promise<never>(() => {}) }],
    ['fetch', { fetch: () => new Promise<never>(() => {}) }],
  ])('does not let a %s that never answers hang the stream', async (_, options) => {
    const { stream, log } = await start({ ...options, retry: { maxAttempts: 1 } })
    await pass(30_000)
    expect(stream.status).toBe('reconnecting')
    await pass(31_000)
    expect(log).toEqual(['error:timeout', 'error:timeout', 'close:fatal'])
  })

  it('discards an answer that comes too late', async () => {
    server.restart({ obeysSignal: false })
    const { stream, log } = await start({ connectTimeout: 100 })
    await pass(100)
    const late = server.last
    late.respond().send('data: 1\n\n')
    await settle()
    expect(late.isAbandoned).toBe(true)
    expect(log).toEqual(['error:timeout'])
    expect(stream.status).toBe('reconnecting')
  })

  it('is the end of a POST, which is not repeated', async () => {
    const { stream } = await start({ body: {}, connectTimeout: 100 })
    await pass(100_000)
    expect(stream).toMatchObject({ status: 'closed', closeReason: 'fatal', error: { code: 'timeout' } })
    expect(server.exchanges).toHaveLength(1)
  })
})

describe('heartbeat', () => {
  it('gives up a connection that is silent for twice as long, and resumes', async () => {
    const { stream, log } = await start({ heartbeat: 1000 })
    await open('id: a\ndata: 1\n\n')
    await pass(1999)
    expect(stream.status).toBe('open')
    await pass(1)
    expect(stream).toMatchObject({ status: 'reconnecting', error: { code: 'timeout' } })
    expect(server.live).toEqual([])
    await pass(1000)
    expect(server.last.header('Last-Event-ID')).toBe('a')
    expect(log).toEqual(['open', 'message:1', 'error:timeout'])
  })

  it('is fed by whatever comes: a comment, an id, half a line', async () => {
    const { stream } = await start({ heartbeat: 1000 })
    await open()
    for (const sign of [':\n\n', 'id: a\n\n', 'da', 'ta: 1\n\n', '\n', ': no end']) {
      await pass(1900)
      server.last.send(sign)
      await settle()
      expect(stream.status).toBe('open')
    }
    await pass(2000)
    expect(stream.status).toBe('reconnecting')
  })

  it('costs one timer, however much comes', async () => {
    await start({ heartbeat: 1000 })
    await open()
    const spy = vi.spyOn(globalThis, 'setTimeout')
    for (let i = 0; i < 1000; i++) server.last.send(':\n\n')
    await settle()
    expect(spy).not.toHaveBeenCalled()
  })

  it('is what a hub says of itself', async () => {
    const { stream } = await start()
    await open(hello(1000))
    await pass(1999)
    expect(stream.status).toBe('open')
    await pass(1)
    expect(stream.error?.code).toBe('timeout')
  })

  it('is promised anew by each connection', async () => {
    const { stream } = await start()
    await open(hello(1000))
    server.last.end()
    await pass(1000)
    await open()
    await pass(1_000_000)
    expect(stream.status).toBe('open')
  })

  it('may be promised in the middle of a connection, shorter or longer', async () => {
    const { stream } = await start()
    await open(hello(1000))
    server.last.send(hello(5000))
    await pass(9999)
    expect(stream.status).toBe('open')
    server.last.send(hello(100))
    await pass(199)
    expect(stream.status).toBe('open')
    await pass(1)
    expect(stream.status).toBe('reconnecting')
  })

  it('is waited for for ever where nobody has promised it', async () => {
    const { stream } = await start()
    await open('data: 1\n\n')
    await pass(1_000_000)
    expect(stream.status).toBe('open')
  })

  it.each([false, 0, Infinity] as const)(
    'is waited for for ever where the option is %s, whatever a hub says',
    async (heartbeat) => {
      const { stream } = await start({ heartbeat })
      await open(hello(10))
      await pass(10_000_000)
      expect(stream.status).toBe('open')
    },
  )

  it('is what the option says, whatever a hub says', async () => {
    const { stream } = await start({ heartbeat: 1000 })
    await open(hello(10))
    await pass(1999)
    expect(stream.status).toBe('open')
    await pass(1)
    expect(stream.status).toBe('reconnecting')
  })

  it.each([0, -1, null, 'soon', undefined, [], {}])('is not promised by %j', async (heartbeat) => {
    const { stream } = await start()
    await open(hello(heartbeat))
    await pass(1_000_000)
    expect(stream.status).toBe('open')
  })

  it('is longer than any timer where a server says so', async () => {
    const { stream } = await start()
    await open(hello(99_999_999_999_999))
    await pass(1_000_000)
    expect(stream.status).toBe('open')
  })

  it('leaves a paused stream in peace', async () => {
    const { stream } = await start({ heartbeat: 1000 })
    await open()
    stream.pause()
    await pass(100_000)
    expect(stream).toMatchObject({ status: 'paused', error: undefined })
  })

  it('notices at once, after a sleep, that the silence was too long', async () => {
    const { stream } = await start({ heartbeat: 60_000, retry: { delay: 0 } })
    await open()
    vi.setSystemTime(300_000)
    await pass(120_000)
    expect(stream.status).toBe('reconnecting')
    expect(server.live).toHaveLength(1)
  })
})

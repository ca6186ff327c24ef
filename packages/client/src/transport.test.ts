import { type Attempt, SSEError, type Transport } from '@tidewire/client'
import { describe, expect, it, vi } from 'vitest'
import { useScriptedStreams } from '../test/useScriptedStreams.ts'

const { server, start, settle, pass } = useScriptedStreams()

/** A transport that does nothing by itself. */
function scriptTransport() {
  const attempts: (Attempt & { end: (error: SSEError) => void; fail: (error: unknown) => void })[] = []
  const transport: Transport = (attempt) =>
    new Promise((end, fail) => {
      // What an attempt is given are getters, in part.
      attempts.push(Object.create(attempt, { end: { value: end }, fail: { value: fail } }) as (typeof attempts)[0])
    })
  return { attempts, transport }
}

const lost = () => new SSEError('disconnected', 'lost')

describe('a transport', () => {
  it('makes the connections instead of fetch', async () => {
    const { attempts, transport } = scriptTransport()
    const { stream, log } = await start({ transport })
    expect(stream.transport).toBe('fetch')
    attempts[0]?.receive([{ open: 'pigeon' }, { id: 'a' }, { event: 'tick', data: '1' }, { id: 'b', data: '2' }])
    expect(log).toEqual(['open', 'tick:1', 'message:2'])
    expect(stream).toMatchObject({ status: 'open', transport: 'pigeon', lastEventId: 'b', data: 2 })
    expect(server.exchanges).toEqual([])
  })

  it('is given what it needs for one try', async () => {
    const { attempts, transport } = scriptTransport()
    const options = { transport, heartbeat: 1000, lastEventId: 'a', headers: { 'X-Token': 't' } }
    await start(options)
    expect(attempts[0]?.url).toBe('https://example.test/')
    expect(attempts[0]?.lastEventId).toBe('a')
    expect(attempts[0]?.options).toMatchObject({ headers: { 'X-Token': 't' } })
    expect(attempts[0]?.signal.aborted).toBe(false)
    expect(attempts[0]?.silence).toBe(2000)
  })

  it('is asked again, from the last position and by the same policy, when it has lost the connection', async () => {
    const { attempts, transport } = scriptTransport()
    const { stream, log } = await start({ transport })
    attempts[0]?.receive([{ open: 'pigeon' }, { id: 'a', data: '1' }, { retry: 3000 }])
    attempts[0]?.end(lost())
    await settle()
    expect(stream).toMatchObject({ status: 'reconnecting', nextRetryAt: 3000, error: { code: 'disconnected' } })
    await pass(3000)
    expect(attempts).toHaveLength(2)
    expect(attempts[1]?.lastEventId).toBe('a')
    expect(log).toEqual(['open', 'message:1', 'error:disconnected'])
  })

  it('is aborted by close(), and not heard any more', async () => {
    const { attempts, transport } = scriptTransport()
    const { stream, log } = await start({ transport })
    stream.close()
    expect(attempts[0]?.signal.aborted).toBe(true)
    attempts[0]?.receive([{ open: 'pigeon' }, { data: '1' }])
    attempts[0]?.end(lost())
    await settle()
    expect(log).toEqual(['close:manual'])
  })

  it('takes the reasons for which a stream ends, as fetch does', async () => {
    const { attempts, transport } = scriptTransport()
    const { log } = await start({ transport, retry: { when: () => false } })
    attempts[0]?.end(new SSEError('http-status', 'no', { status: 403 }))
    await settle()
    expect(log).toEqual(['error:http-status', 'close:denied'])
  })

  it('is thrown at where the server ends the stream', async () => {
    const { attempts, transport } = scriptTransport()
    const { log } = await start({ transport })
    const attempt = attempts[0]!
    expect(() =>
      attempt.receive([{ open: 'pigeon' }, { event: 'sse.bye', data: '{"reason":"timeout"}' }, { data: '1' }]),
    ).toThrow(SSEError)
    expect(log).toEqual(['open'])
  })

  it.each([
    ['rejects', () => Promise.reject(new Error('bug'))],
    [
      'throws',
      () => {
        throw new Error('bug')
      },
    ],
  ])('that %s, which it must not, has lost the connection', async (_, transport) => {
    const onRejection = vi.fn()
    process.on('unhandledRejection', onRejection)
    const { stream, log } = await start({ transport })
    expect(stream).toMatchObject({ status: 'reconnecting', error: { code: 'network', cause: { message: 'bug' } } })
    expect(log).toEqual(['error:network'])
    stream.close()
    vi.useRealTimers()
    await new Promise((resolve) => setImmediate(resolve))
    vi.useFakeTimers({ now: 0 })
    process.off('unhandledRejection', onRejection)
    expect(onRejection).not.toHaveBeenCalled()
  })

  it('that lets through what it was thrown has told why the stream ended', async () => {
    const transport: Transport = async ({ receive }) => {
      receive([{ open: 'pigeon' }, { event: 'sse.bye', data: '{"reason":"timeout"}' }])
      return lost()
    }
    const { stream } = await start({ transport })
    expect(stream).toMatchObject({ status: 'reconnecting', error: { code: 'disconnected', reason: 'timeout' } })
  })

  it('may be held to a heartbeat that the server has told of', async () => {
    const { attempts, transport } = scriptTransport()
    await start({ transport })
    const attempt = attempts[0]!
    expect(attempt.silence).toBe(Infinity)
  })
})

import { createSSEClient } from '@tidewire/client'
import { createTestTransport } from '@tidewire/client/testing'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { useHubClient } from '../../test/useHubClient.ts'

const NAMES = ['a', 'b', '__proto__', 'constructor', 'toString', 'never asked for', '']
const name = fc.constantFrom(...NAMES)
const huge = fc.constantFrom(0, 1, -1, 2 ** 53, Number.MAX_SAFE_INTEGER, 1e308, 0.5)
const anything = fc.oneof({ weight: 2, arbitrary: fc.jsonValue() }, name, huge, fc.constant(undefined))
const text = fc.oneof(
  fc.constantFrom('test.1', 'test.7', 'test.99999999999999999', 'other.1', '', 'x:y', '-'),
  fc.string(),
)

/** What could stand in a reserved event, and what could not. */
const frame = fc.record(
  {
    v: anything,
    connection: fc.oneof(text, anything),
    heartbeat: fc.oneof(fc.constant(30_000), fc.jsonValue()),
    cursor: fc.oneof(text, anything),
    channels: fc.oneof(
      fc.array(fc.oneof(name, anything)),
      fc.dictionary(name, fc.oneof(fc.constantFrom('resumed', 'fresh', 'reset', 'denied'), anything)),
      anything,
    ),
    rev: fc.oneof(huge, anything),
    reset: anything,
    channel: fc.oneof(name, anything),
    count: anything,
    members: fc.oneof(fc.array(fc.record({ id: fc.oneof(fc.string(), anything) })), anything),
    joined: fc.oneof(fc.array(fc.record({ id: fc.string() })), anything),
    left: fc.oneof(fc.array(fc.string()), anything),
  },
  { requiredKeys: [] },
)

const block = fc.record({
  event: fc.constantFrom(
    'sse.hello',
    'sse.catchup',
    'sse.live',
    'sse.reset',
    'sse.denied',
    'sse.revoked',
    'sse.end',
    'sse.presence',
    'sse.new',
    'a#x',
    '#x',
    'a',
  ),
  data: fc.oneof(
    { weight: 4, arbitrary: frame.map((value) => JSON.stringify(value)) },
    fc.constantFrom('', 'null', '[]', '1', '{', '{"channels":["a"],"rev":1e999,"cursor":"test.1"}'),
    fc.jsonValue().map((value) => JSON.stringify(value)),
  ),
  id: fc.oneof(fc.constant(undefined), text),
})

const oneLine = (value: string) => value.replaceAll(/[\r\n\0]/g, '')

describe('a hub that sends whatever it likes', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  it('breaks nothing: the next connection is as good as any', { timeout: 60_000 }, async () => {
    const failures: unknown[] = []
    const onRejection = (reason: unknown) => failures.push(reason)
    process.on('unhandledRejection', onRejection)
    const report = vi.spyOn(console, 'error').mockImplementation((error) => void failures.push(error))
    const greeted = fc.boolean()
    await fc.assert(
      fc.asyncProperty(greeted, fc.array(block, { minLength: 1, maxLength: 12 }), async (isGreeted, blocks) => {
        const transport = createTestTransport()
        const client = createSSEClient({ fetch: transport.fetch, retry: { delay: 1, jitter: 'none', maxAttempts: 99 } })
        const heard: unknown[] = []
        const follow = () => {
          const part = client.subscribe('a', { onMessage: (data) => heard.push(data), onGap() {}, onPresence() {} })
          // Whatever it shows can be read.
          expect(part.presence?.members.map(({ id }) => id).join('') ?? '').toBeTypeOf('string')
          return part
        }
        let part = follow()
        const other = client.subscribe('b')
        try {
          const connection = await transport.open()
          if (isGreeted) await connection.hub.hello()
          for (const { event, data, id } of blocks) {
            if (!connection.isOpen) break
            await connection.event(event, data, { id: id === undefined ? undefined : oneLine(id) }).catch(() => {})
            await vi.advanceTimersByTimeAsync(1)
          }
          if (connection.isOpen) await connection.drop()
          if (part.status === 'closed') part = follow()
          const next = transport.open()
          await vi.advanceTimersByTimeAsync(40_000)
          const second = await next
          expect(second.request.url.length).toBeLessThan(5000)
          await second.hub.hello({ channels: { a: 'reset', b: 'reset' }, cursor: 'new.1', id: 'new.1' })
          await vi.advanceTimersByTimeAsync(1)
          if (!second.request.url.includes('=a') && !second.request.url.includes(':a')) await second.hub.live(['a'])
          expect(part.status).toBe('open')
          await second.hub.event('a', 'message', 'fine', { id: 'new.2' })
          expect(heard.at(-1)).toBe('fine')
        } finally {
          other.close()
          client.close()
          await vi.advanceTimersByTimeAsync(60_000)
          await transport.close()
        }
      }),
      { numRuns: Number(process.env['RUNS'] ?? 300) },
    )
    report.mockRestore()
    process.off('unhandledRejection', onRejection)
    expect(failures).toEqual([])
  })
})

describe('a greeting that is none', () => {
  const hub = useHubClient()

  it.each([
    'null',
    '[]',
    '{}',
    'hello',
    '{"connection":"c","heartbeat":1,"cursor":"test.1","channels":null}',
    '{"connection":"c","heartbeat":1,"cursor":7,"channels":{}}',
    '{"connection":{},"heartbeat":1,"cursor":"test.1","channels":{}}',
    '{"connection":"c","heartbeat":"1","cursor":"test.1","channels":{}}',
  ])('loses the connection: %s', async (hello) => {
    const { log } = hub.follow('a')
    const connection = await hub.transport.open()
    await connection.event('sse.hello', hello)
    await connection.closed
    expect(hub.told).toEqual(['error:parse', 'reconnecting'])
    const next = hub.welcome()
    await hub.pass(1)
    await next
    expect(log).toEqual(['open'])
  })

  it('loses it where it comes twice', async () => {
    hub.follow('a')
    const connection = await hub.welcome()
    await connection.hub.hello()
    await connection.closed
    expect(hub.told).toContain('error:parse')
  })

  it('ends the client where it is too large, as it would be again', async () => {
    hub.create({ maxEventSize: 50 })
    const { subscription } = hub.follow('a')
    const connection = await hub.transport.open()
    await connection.hub.hello()
    await connection.closed
    expect(subscription).toMatchObject({ closeReason: 'fatal', error: { code: 'too-large' } })
  })

  it('takes a verdict that nobody knows for a loss', async () => {
    const [a, b] = [hub.follow('a'), hub.follow('b')]
    await hub.welcome({ channels: { a: 'postponed' as 'reset', b: 'fresh' } })
    expect([a.log, b.log]).toEqual([['gap:reset', 'open'], ['open']])
  })
})

describe('news that are none', () => {
  const hub = useHubClient()

  it.each(['sse.catchup', 'sse.live', 'sse.denied', 'sse.reset', 'sse.revoked', 'sse.end'])(
    'lose the connection: %s',
    async (event) => {
      const { log } = hub.follow('a')
      const connection = await hub.welcome()
      await connection.event(event, '{"channels":"a","rev":1}')
      await connection.closed
      expect(log).toEqual(['open'])
      expect(hub.told).toContain('error:parse')
    },
  )

  it.each([
    '{}',
    '{"channel":"a","count":"1","members":[]}',
    '{"channel":"a","count":1}',
    '{"channel":"a","count":1,"members":[1]}',
  ])('of who is there are nothing: %s', async (text) => {
    const { log, subscription } = hub.follow('a')
    const connection = await hub.welcome()
    await connection.event('sse.presence', text)
    expect(connection.isOpen).toBe(true)
    expect(subscription.presence).toBeUndefined()
    expect(log).toEqual(['open'])
  })

  it('that are too large lose it for good, unless they only show something', async () => {
    hub.create({ maxEventSize: 300 })
    const { subscription } = hub.follow('a')
    const connection = await hub.welcome()
    await connection.hub.presence({ channel: 'a', count: 1, members: [{ id: 'x'.repeat(300) }] })
    expect(subscription.status).toBe('open')
    await connection.hub.reset(['x'.repeat(300)])
    expect(subscription).toMatchObject({ closeReason: 'fatal', error: { code: 'too-large' } })
  })
})

import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { join, useHub } from '../../test/hubReader.ts'
import { collectErrors } from '../../test/collectErrors.ts'
import { createMemoryLog, createSSEHub, eventTypes, SSEError } from '../index.ts'

const circular: Record<string, unknown> = {}
circular['self'] = circular

describe('a publish', () => {
  it('reaches the readers of all its channels once, with the id that it resolves with', async () => {
    const { hub } = useHub({}, ':a')
    const reader = await join(hub, '?v=1&channel=a&channel=b')
    const { id } = await hub.to('a', 'b', 'a').send('x', { n: 1 })
    const events = [await reader.next(), await reader.next()]
    expect(events.map((event) => event?.event)).toEqual(['a#x', 'b#x'])
    expect(events[1]?.id).toBe(id)
    await hub.to('a').data('text')
    expect(await reader.next()).toMatchObject({ event: 'a#message', data: 'text' })
  })

  it('is for nobody where there is no such channel', () => {
    const { hub } = useHub({}, 'news', 'orders/:id')
    for (const name of ['none', 'orders', 'orders/', 'orders/1/2', 'orders/a#b', '', 5, undefined, null]) {
      expect(() => hub.to('news', name as string)).toThrow(/^Expected the name of a channel that a pattern fits, got/)
    }
    expect(() => (hub.to as () => unknown)()).toThrow('Expected the name of a channel, got none.')
  })

  it.for<[string, unknown]>([
    ['nothing', undefined],
    ['a function', () => {}],
    ['a symbol', Symbol('a')],
    ['a bigint', 1n],
    ['what is circular', circular],
    ['a promise', Promise.resolve(1)],
    ['bytes', new Uint8Array(1)],
    [
      'what throws',
      {
        toJSON() {
          throw new Error('no')
        },
      },
    ],
  ])('of %s rejects, and `onError` hears once', async ([, data]) => {
    const { hub, errors } = useHub({}, 'news')
    const reader = await join(hub, '?channel=news')
    await expect(hub.to('news').send('a', data)).rejects.toMatchObject({ code: 'invalid-event', field: 'data' })
    expect(errors).toMatchObject([['publish', { code: 'invalid-event' }]])
    await hub.to('news').send('b', 1)
    expect(await reader.next()).toMatchObject({ event: 'b' })
  })

  it.for(['', 'a\nb', 'a\rb', 'a\0b', 'sse.hello', 'sse.', undefined, null, 5])('named %j rejects', async (event) => {
    const { hub, errors } = useHub({}, 'news')
    const { id } = await hub.to('news').send('a', 1)
    await expect(hub.to('news').send(event as string, 1)).rejects.toMatchObject({
      code: 'invalid-event',
      field: 'event',
    })
    expect(errors).toHaveLength(1)
    const { hello } = await join(hub, '?channel=news')
    expect(hello['cursor']).toBe(id)
  })

  it.for(['__proto__', 'a#b', 'é', 'a b'])('may be named %j', async (event) => {
    const { hub } = useHub({}, ':a')
    const reader = await join(hub, '?v=1&channel=a')
    await hub.to('a').send(event, 1)
    expect(await reader.next()).toMatchObject({ event: `a#${event}` })
  })

  it('that is too large rejects', async () => {
    const { hub } = useHub({ limits: { maxEventSize: 10 } }, 'news')
    await hub.to('news').send('a', '12345678')
    await expect(hub.to('news').send('a', '123456789')).rejects.toMatchObject({ code: 'too-large', field: 'data' })
  })

  it('after the close rejects', async () => {
    const { hub } = useHub({}, 'news')
    await hub.close()
    await expect(hub.to('news').send('a', 1)).rejects.toMatchObject({ code: 'closed' })
  })

  it('that fails and is dropped is no unhandled rejection, though `onError` itself throws', async () => {
    const onUnhandled = vi.fn()
    process.on('unhandledRejection', onUnhandled)
    const onPrint = vi.spyOn(console, 'error').mockImplementation(() => {})
    onTestFinished(() => {
      process.off('unhandledRejection', onUnhandled)
      onPrint.mockRestore()
    })
    const onError = vi.fn(() => {
      throw new Error('logger is down')
    })
    const { hub } = useHub({ onError }, 'news')
    void hub.to('news').send('a', undefined)
    await new Promise((resolve) => setTimeout(resolve, 5))
    expect(onError).toHaveBeenCalledOnce()
    expect(onPrint).toHaveBeenCalledOnce()
    expect(onUnhandled).not.toHaveBeenCalled()
  })

  it('with a key that was used is not made again', async () => {
    const { hub } = useHub({}, 'news')
    const reader = await join(hub, '?channel=news')
    const ids = await Promise.all([1, 2, 3].map(() => hub.to('news').send('a', 1, { key: 'k' })))
    await hub.to('news').send('b', 1)
    expect(new Set(ids.map(({ id }) => id)).size).toBe(1)
    expect([(await reader.next())?.event, (await reader.next())?.event]).toEqual(['a', 'b'])
  })

  it('with a key that was used on other channels, or for another event, is made', async () => {
    const { hub } = useHub({}, ':a')
    const reader = await join(hub, '?v=1&channel=a&channel=b')
    const options = { key: 'order-7' }
    await hub.to('a').send('created', 1, options)
    await hub.to('b').send('created', 1, options)
    await hub.to('a', 'b').send('created', 1, options)
    await hub.to('a').send('paid', 1, options)
    await hub.to('a').data(1, options)
    const read = async () => (await reader.next())?.event
    const events = [await read(), await read(), await read(), await read(), await read(), await read()]
    expect(events).toEqual(['a#created', 'b#created', 'a#created', 'b#created', 'a#paid', 'a#message'])
  })

  it('is counted once for its key', async () => {
    const { hub } = useHub({}, ':a')
    const options = { key: 'order-7' }
    await Promise.all([1, 2, 3].map(() => hub.to('a', 'b').send('created', 1, options)))
    expect(hub.inspect().counters.published).toBe(2)
    await hub.to('a').send('created', 1, options)
    expect(hub.inspect().counters.published).toBe(3)
  })

  it('whose outcome was unknown is counted when a second try tells', async () => {
    const memory = createMemoryLog()
    let isLost = true
    const append: typeof memory.append = async (drafts, key) => {
      const appended = await memory.append(drafts, key)
      if (isLost) throw new SSEError('unknown-outcome', 'no answer')
      return appended
    }
    const { hub } = useHub({ log: Object.assign(createMemoryLog(), { append }) }, 'news')
    await expect(hub.to('news').data(1, { key: 'k' })).rejects.toMatchObject({ code: 'unknown-outcome' })
    isLost = false
    await hub.to('news').data(1, { key: 'k' })
    await hub.to('news').data(1, { key: 'k' })
    expect(hub.inspect().counters.published).toBe(1)
  })

  it.for([null, 5, {}])('with %j for a key is a mistake', async (key) => {
    const { hub } = useHub({}, 'news')
    await expect(hub.to('news').data(1, { key: key as never })).rejects.toThrow(
      'Expected `key` to be a string or undefined, got',
    )
  })

  it('that the log does not take rejects as the log says', async () => {
    const cause = new Error('disk full')
    const log = Object.assign(createMemoryLog(), { append: () => Promise.reject(cause) })
    const { hub, errors } = useHub({ log }, 'news')
    await expect(hub.to('news').send('a', 1)).rejects.toBe(cause)
    expect(errors).toEqual([['publish', expect.objectContaining({ code: 'publish', cause })]])
  })
})

describe('those whom a publish leaves out', () => {
  const byUser = {
    context: (request: Request) => request.headers.get('x-user') ?? undefined,
    identify: (user: string | undefined) => user,
  }

  it('do not get it, by identity or by origin, while all others do', async () => {
    const { hub } = useHub(byUser, 'chat')
    const ann = await join(hub, '?v=1&channel=chat&origin=tab-1', { 'x-user': 'ann' })
    const annToo = await join(hub, '?v=1&channel=chat&origin=tab-2', { 'x-user': 'ann' })
    const bob = await join(hub, '?channel=chat', { 'x-user': 'bob' })
    const to = hub.to('chat')
    await to.except('ann').send('a', 1)
    await to.except('tab-1').send('b', 1)
    await to.except('tab-1', 'bob', undefined).send('c', 1)
    await to.except(undefined).send('end', 1)
    const read = async (reader: typeof bob) => {
      const names: string[] = []
      while (!names.at(-1)?.endsWith('end')) names.push((await reader.next())?.event ?? 'end')
      return names.map((name) => name.replace('chat#', ''))
    }
    expect(await read(ann)).toEqual(['end'])
    expect(await read(annToo)).toEqual(['b', 'c', 'end'])
    expect(await read(bob)).toEqual(['a', 'b', 'end'])
  })

  it('are not those who name their tab after somebody, nor somebody after whom a tab was named', async () => {
    const { hub } = useHub(byUser)
    hub.channel('chat', { retain: 'last' })
    const { id } = await hub.to('chat').send('start', 1)
    const ann = await join(hub, '?v=1&channel=chat&origin=tab-1', { 'x-user': 'ann' })
    const mallory = await join(hub, '?v=1&channel=chat&origin=ann', { 'x-user': 'mallory' })
    for (const reader of [ann, mallory]) expect(await reader.next()).toMatchObject({ event: 'chat#start' })
    const to = hub.to('chat')
    // What a client says of itself: it keeps nothing from anybody else.
    await to.except({ origin: 'ann' }).send('for ann', 1)
    await to.except({ identity: 'ann' }).send('for mallory', 1)
    await to.except({ identity: 'mallory', origin: 'tab-1' }, { origin: undefined }, null).send('for both', 1)
    const read = async ({ next }: typeof ann) => [(await next())?.event, (await next())?.event]
    expect(await read(ann)).toEqual(['chat#for ann', 'chat#for both'])
    expect(await read(mallory)).toEqual(['chat#for mallory', 'chat#for both'])
    const replayed = (user: string, origin: string) =>
      join(hub, `?v=1&since=${id}:chat&origin=${origin}`, { 'x-user': user })
    expect(await read(await replayed('ann', 'tab-1'))).toEqual(['chat#for ann', 'chat#for both'])
    expect(await read(await replayed('mallory', 'ann'))).toEqual(['chat#for mallory', 'chat#for both'])
    expect(() => to.except({ user: 'ann' } as never)).toThrow(TypeError)
  })

  it('do not get it on replay either', async () => {
    const { hub } = useHub(byUser, 'chat')
    const { id } = await hub.to('chat').send('start', 1)
    await hub.to('chat').except('ann').send('a', 1)
    await hub.to('chat').except('tab-1').send('b', 1)
    await hub.to('chat').send('end', 1)
    const replay = async (query: string, user: string) => {
      const reader = await join(hub, `?v=1&since=${id}:chat${query}`, { 'x-user': user })
      const names: string[] = []
      while (!names.at(-1)?.endsWith('end')) names.push((await reader.next())?.event ?? 'end')
      return names
    }
    expect(await replay('', 'ann')).toEqual(['chat#b', 'chat#end'])
    expect(await replay('&origin=tab-1', 'ann')).toEqual(['chat#end'])
    expect(await replay('', 'bob')).toEqual(['chat#a', 'chat#b', 'chat#end'])
  })

  it('do not get it as the last event that a channel retains', async () => {
    const { hub } = useHub(byUser)
    hub.channel('state', { retain: 'last' })
    await hub.to('state').except('ann').send('a', 1)
    const ann = await join(hub, '?channel=state', { 'x-user': 'ann' })
    const bob = await join(hub, '?channel=state', { 'x-user': 'bob' })
    expect(await bob.next()).toMatchObject({ event: 'a' })
    await hub.to('state').send('b', 1)
    expect(await ann.next()).toMatchObject({ event: 'b' })
  })
})

describe('the contract', () => {
  const number = {
    '~standard': {
      version: 1 as const,
      vendor: 'test',
      validate: (value: unknown) =>
        typeof value === 'number' ? { value } : { issues: [{ message: 'Expected a number' }] },
    },
  }
  const channels = { 'counters/:id': { up: number }, 'chat/:room': eventTypes<{ said: string }>() }

  it('holds payloads to their schemas, and knows no other event', async () => {
    const { errors, onError } = collectErrors()
    const hub = createSSEHub({ channels, onError: onError as never })
    onTestFinished(() => hub.close())
    await hub.to('counters/1').send('up', 1)
    await expect(hub.to('counters/1').send('up', 'one')).rejects.toMatchObject({ code: 'invalid-event' })
    await expect(hub.to('counters/1').send('down' as never, 1 as never)).rejects.toMatchObject({ field: 'event' })
    await hub.to('chat/a').send('said', 'hi')
    expect(errors).toHaveLength(2)
  })

  it('knows the patterns that may be declared, and refuses readers those that were not', async () => {
    const hub = createSSEHub({ channels })
    onTestFinished(() => hub.close())
    expect(() => hub.channel('other' as never)).toThrow(
      'Expected a pattern of the contract (counters/:id, chat/:room), got "other".',
    )
    expect(() => hub.channel('toString' as never)).toThrow(TypeError)
    hub.channel('chat/:room')
    expect((await hub.fetch(new Request('http://a/_sse?channel=counters/1'))).status).toBe(404)
    await join(hub, '?channel=chat/a')
  })

  it('with an async schema is a mistake', async () => {
    const { errors, onError } = collectErrors()
    const validate = async () => ({ value: 1 })
    const asynchronous = { '~standard': { version: 1 as const, vendor: 'test', validate } }
    const hub = createSSEHub({ channels: { a: { up: asynchronous } } as never, onError: onError as never })
    onTestFinished(() => hub.close())
    await expect(hub.to('a' as never).send('up' as never, 1)).rejects.toThrow(TypeError)
    expect(errors).toMatchObject([['publish', { code: 'publish', cause: expect.any(TypeError) as unknown }]])
  })
})

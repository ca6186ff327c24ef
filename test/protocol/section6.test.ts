import { expect } from 'vitest'
import { serveChannels } from './serveChannels.ts'
import { useSection } from './useSection.ts'

const { sentence, untested } = useSection(6)

const anything = { ':a': undefined, ':a/:b': undefined, ':a/:b/:c': undefined }

/** Asks for a channel alone. Returns the status of the answer. */
async function statusOf(name: string): Promise<number> {
  const { ask } = await serveChannels(anything)
  const { status, body } = await ask(`channel=${encodeURIComponent(name)}`)
  await body?.cancel()
  return status
}

sentence('6.1', 'A hub serves many channels over one response.', async () => {
  const { hub, follow } = await serveChannels(anything)
  const names = Array.from({ length: 50 }, (_, index) => `orders/${index}`)
  const { next } = await follow(names.map((name) => `channel=${name}`).join('&'))
  for (const name of names) await hub.to(name).data(1)
  for (const name of names) expect(await next()).toMatchObject({ event: `${name}#message` })
})

sentence('6.1', "A channel's name is one or more segments, joined by `/`.", async () => {
  for (const name of ['news', 'orders/42', 'orders/42/lines']) expect([name, await statusOf(name)]).toEqual([name, 200])
})

sentence(
  '6.1',
  'It MUST NOT be longer than 256 bytes in UTF-8, or hold an empty segment, `#`, or a control character (U+0000 to U+001F, U+007F to U+009F).',
  async () => {
    expect(await statusOf('é'.repeat(128))).toBe(200)
    const names = [`${'é'.repeat(128)}x`, '/news', 'news/', 'a//b', 'a#b', 'a\0b', 'a\x1Fb', 'a\x7Fb', 'a\x9Fb']
    for (const name of names) expect([name, await statusOf(name)]).toEqual([name, 400])
  },
)

sentence(
  '6.1',
  'Within a segment, `%`, `/`, `#` and control characters are written as `%XX`, the bytes of their UTF-8 in upper case, and nothing else is.',
  async () => {
    for (const name of ['a%25', 'a%2Fb', 'a%23b', 'a%00', 'a%1F', 'a%7F', 'a%C2%85']) {
      const { hub, follow } = await serveChannels(anything)
      const { next } = await follow(`v=1&channel=${encodeURIComponent(name)}`)
      await hub.to(name).send('a', 1)
      expect(await next()).toMatchObject({ event: `${name}#a` })
    }
  },
)

sentence('6.1', 'So a channel has one name only, and the server MUST refuse every other spelling.', async () => {
  for (const name of ['a%2fb', '%61', '%C3%A9', '%', '%2', 'a%c2%85']) {
    expect([name, await statusOf(name)]).toEqual([name, 400])
  }
})

sentence('6.2', 'A reader asks for `GET <hub>?channel=<name>`, the parameter repeated for each channel.', async () => {
  const { hub, follow } = await serveChannels(anything)
  const { hello } = await follow('channel=news&channel=orders/42')
  expect(hello.channels).toEqual({ news: 'fresh', 'orders/42': 'fresh' })
  expect(hub.activeChannels).toEqual(['news', 'orders/42'])
})

sentence(
  '6.2',
  'The server decides about each channel for this request: nothing that the reader says of itself, a position included, replaces that.',
  async () => {
    let isAllowed = true
    const { hub, ask, follow } = await serveChannels({ secret: () => isAllowed })
    const { hello } = await follow('v=1&channel=secret&origin=tab')
    isAllowed = false
    const { id } = await hub.to('secret').data(1)
    expect((await ask(`v=1&since=${hello.cursor}:secret&origin=tab`)).status).toBe(403)
    expect((await ask('channel=secret', { 'last-event-id': id })).status).toBe(403)
  },
)

sentence('6.2', 'A channel that is named twice counts once.', async () => {
  const { hub, follow } = await serveChannels(anything, { limits: { maxChannels: 1 } })
  const { next } = await follow('channel=news&channel=news')
  const { id } = await hub.to('news').send('a', 1)
  expect(await next()).toEqual({ event: 'a', data: 1, id })
  const second = await hub.to('news').send('b', 2)
  expect(await next()).toEqual({ event: 'b', data: 2, ...second })
})

sentence('6.3', 'Payloads on a hub are JSON, strings too.', async () => {
  const { hub, follow } = await serveChannels(anything)
  const { frame } = await follow('channel=news')
  // Reading parses JSON, which a bare word is not.
  for (const data of ['word', 'two\nlines', '', 7, null, { a: [1] }]) {
    await hub.to('news').data(data)
    expect((await frame())?.data).toEqual(data)
  }
})

sentence(
  '6.4',
  'A *plain* reader, such as a native `EventSource`, says its channels, its position, and its `origin` if it likes (6.5).',
  async () => {
    const { hub, ask, follow } = await serveChannels(anything)
    const { id } = await hub.to('news').data(1)
    const { hello } = await follow(`channel=news&fresh=orders&since=${id}:users`, { 'last-event-id': id })
    expect(hello.channels).toEqual({ news: 'resumed' })
    expect((await ask('fresh=news')).status).toBe(400)
    const tab = await follow('channel=news&origin=tab-1')
    await hub.to('news').except('tab-1').data('not for this tab')
    await hub.to('news').data('for all')
    expect((await tab.frame())?.data).toBe('for all')
  },
)

sentence('6.4', 'Its set is fixed at the open', async () => {
  const { hub, follow, change } = await serveChannels(anything)
  const { hello } = await follow('channel=news')
  expect((await change({ connection: hello.connection, rev: 1, channels: { orders: null } })).status).toBe(404)
  expect(hub.activeChannels).toEqual(['news'])
})

const rights = { news: undefined, open: () => true, secret: () => false, 'lost/:id': { resolve: () => undefined } }

sentence(
  '6.4',
  'and it is all or nothing: if any channel is refused, so is the request, with 403, or with 404 where none of those that are refused exists.',
  async () => {
    const { ask } = await serveChannels(rights)
    const statusOf = async (...names: string[]) => (await ask(names.map((name) => `channel=${name}`).join('&'))).status
    expect(await statusOf('news', 'secret')).toBe(403)
    expect(await statusOf('news', 'secret', 'none')).toBe(403)
    expect(await statusOf('news', 'none')).toBe(404)
    expect(await statusOf('lost/1', 'none', 'news')).toBe(404)
  },
)

sentence('6.4', 'A name that no channel could have is answered with 400, whoever asks.', async () => {
  const { ask, follow, change } = await serveChannels(rights)
  expect((await ask('channel=news&channel=a%23b')).status).toBe(400)
  expect((await ask('v=1&channel=news&fresh=a%23b')).status).toBe(400)
  expect((await ask('v=1&channel=news&since=e.1:a%23b')).status).toBe(400)
  const { hello } = await follow('v=1&channel=news')
  expect((await change({ connection: hello.connection, rev: 1, channels: { 'a#b': null } })).status).toBe(400)
})

sentence(
  '6.4',
  'Where a plain reader asked for one channel, events carry their own names (`event: updated`);',
  async () => {
    const { hub, follow } = await serveChannels(anything)
    const { next } = await follow('channel=orders/42')
    await hub.to('orders/42').send('updated', 1)
    await hub.to('orders/42').data(2)
    expect(await next()).toMatchObject({ event: 'updated' })
    expect(await next()).toMatchObject({ event: 'message' })
  },
)

sentence(
  '6.4',
  'where it asked for several, qualified ones (`event: orders/42#updated`, also `event: orders/42#message`).',
  async () => {
    const { hub, follow } = await serveChannels(anything)
    const { next } = await follow('channel=orders/42&channel=news')
    await hub.to('orders/42').send('updated', 1)
    await hub.to('orders/42').data(2)
    expect(await next()).toMatchObject({ event: 'orders/42#updated' })
    expect(await next()).toMatchObject({ event: 'orders/42#message' })
  },
)

sentence('6.4', 'The form never changes while a response lasts.', async () => {
  const { hub, follow } = await serveChannels({ ':job': { terminal: ['done'] } })
  const { next } = await follow('channel=a&channel=b')
  await hub.to('a').send('done', 1)
  expect(await next()).toMatchObject({ event: 'a#done' })
  expect(await next()).toEqual({ event: 'sse.end', data: { channels: ['a'] } })
  await hub.to('b').send('progress', 1)
  expect(await next()).toMatchObject({ event: 'b#progress' })
})

sentence('6.5', 'A *managed* reader, such as the client, sends `v=1` too.', async () => {
  const { hub, follow, change } = await serveChannels(anything)
  const { hello } = await follow('v=1&channel=news')
  expect((await change({ connection: hello.connection, rev: 1, channels: { orders: null } })).status).toBe(204)
  expect(hub.connectionCount).toBe(1)
})

sentence(
  '6.5',
  'Its events are always qualified, a channel that is refused is refused alone, and it may change its set (9).',
  async () => {
    const { hub, follow, change } = await serveChannels(rights)
    const { hello, next } = await follow('v=1&channel=news&channel=secret&channel=none')
    expect(hello.channels).toEqual({ news: 'fresh', secret: 'denied', none: 'denied' })
    await hub.to('news').send('a', 1)
    expect(await next()).toMatchObject({ event: 'news#a' })
    await change({ connection: hello.connection, rev: 1, channels: { open: null } })
    expect(await next()).toMatchObject({ event: 'sse.live', data: { channels: ['open'] } })
  },
)

untested(
  '6.5',
  'what a reader does',
  'It SHOULD send `origin=<id>`, an id of its own that it keeps over reconnects and shows nobody else (11.2):',
)

sentence('6.5', 'letters, digits, `-` and `_`, at most 64; the server takes no other.', async () => {
  const { hub, follow } = await serveChannels(anything)
  const taken = ['a', 'tab-1_A', 'x'.repeat(64)]
  for (const origin of [...taken, '', 'a b', 'é', 'a.b', 'x'.repeat(65)]) {
    await follow(`v=1&channel=news&origin=${encodeURIComponent(origin)}`)
  }
  const origins = hub.inspect().connections.map(({ origin }) => origin)
  expect(origins.filter((origin) => origin !== undefined)).toEqual(taken)
})

sentence('6.5', 'Where all of its channels are refused, so is the request, as in 6.4.', async () => {
  const { ask } = await serveChannels(rights)
  expect((await ask('v=1&channel=secret&channel=none')).status).toBe(403)
  expect((await ask('v=1&channel=lost/1&fresh=none')).status).toBe(404)
})

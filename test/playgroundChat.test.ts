import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type APIOptions, createAPI } from '../apps/playground/server/api.ts'
import { createRateLimit } from '../apps/playground/server/rateLimit.ts'
import type { ChatMessage } from '../apps/playground/src/shared/contract.ts'
import { MAX_NAME, MAX_TEXT, roomURL } from '../apps/playground/src/shared/rooms.ts'

const OUTAGE = 300
let origin: string
let stop: () => Promise<void>

beforeEach(() => start())
afterEach(() => stop())

async function start(options: Partial<APIOptions> = {}): Promise<void> {
  const api = createAPI({ directory: tmpdir(), maxBytes: 1, outage: OUTAGE, ...options })
  const server = createServer((req, res) => void api.handle(req, res)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  stop = async () => {
    api.close()
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
  }
}

/** Somebody with a cookie, and the id of the page that is looked at. */
class Visitor {
  cookie = ''
  readonly page: string = randomUUID()

  async ask(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Response> {
    return fetch(origin + path, {
      method,
      headers: {
        ...(body !== undefined && { 'Content-Type': 'application/json' }),
        ...(this.cookie && { Cookie: this.cookie }),
        ...headers,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
  }

  async signIn(name: string, isStaff = false): Promise<Response> {
    const response = await this.ask('POST', '/api/session', { name, isStaff })
    this.cookie = response.headers.get('set-cookie')?.split(';')[0] ?? this.cookie
    return response
  }

  say(text: unknown, { room = 'lobby', id = '', page = this.page } = {}) {
    return this.ask('POST', `/api/rooms/${room}/messages`, { id: id || randomUUID(), text, origin: page })
  }

  async follow(room = 'lobby', lastEventId = ''): Promise<Reader> {
    const headers: Record<string, string> = lastEventId ? { 'Last-Event-ID': lastEventId } : {}
    const response = await this.ask('GET', roomURL(room, this.page), undefined, headers)
    expect(response.status).toBe(200)
    return new Reader(response)
  }
}

/** Reads the messages of a stream as they come. */
class Reader {
  lastEventId = ''
  readonly #blocks: AsyncGenerator<Map<string, string>>

  constructor(response: Response) {
    this.#blocks = blocksOf(response)
  }

  /** The next message, or undefined where the stream has ended as it should. Rejects where it was cut. */
  async next(): Promise<ChatMessage | undefined> {
    for (;;) {
      const { value: block, done } = await this.#blocks.next()
      if (done) return undefined
      this.lastEventId = block.get('id') ?? this.lastEventId
      if (block.get('event') === 'message' || (block.has('data') && !block.has('event'))) {
        return JSON.parse(block.get('data') ?? '') as ChatMessage
      }
    }
  }

  async texts(count: number): Promise<(string | undefined)[]> {
    const texts: (string | undefined)[] = []
    while (texts.length < count) texts.push((await this.next())?.text)
    return texts
  }
}

async function* blocksOf({ body }: Response): AsyncGenerator<Map<string, string>, undefined> {
  if (!body) return
  let text = ''
  for await (const chunk of body.pipeThrough(new TextDecoderStream())) {
    const blocks = (text + chunk).split('\n\n')
    text = blocks.pop() ?? ''
    for (const block of blocks) {
      yield new Map(block.split('\n').map((line) => line.split(/: ?(.*)/s, 2) as [string, string]))
    }
  }
}

async function signedIn(name: string, isStaff = false): Promise<Visitor> {
  const visitor = new Visitor()
  expect((await visitor.signIn(name, isStaff)).status).toBe(201)
  return visitor
}

describe('signing in to the chat', () => {
  it('gives a cookie that no script reads and no other site has sent', async () => {
    const visitor = new Visitor()
    expect(await (await visitor.ask('GET', '/api/session')).json()).toBeNull()
    const response = await visitor.signIn('  Ada Lovelace ')
    expect(response.headers.get('set-cookie')).toMatch(
      /^tidewire-playground=[\w-]{36}; Path=\/; HttpOnly; SameSite=Strict$/,
    )
    expect(await response.json()).toEqual({ name: 'Ada Lovelace', isStaff: false })
    expect(await (await visitor.ask('GET', '/api/session')).json()).toEqual({ name: 'Ada Lovelace', isStaff: false })
  })

  it.each(['', ' ', '-', 'x'.repeat(MAX_NAME + 1), 'a\nb', 'a\u202Eb', '<b>', 5, null])(
    'refuses the name %j',
    async (name) => {
      expect((await new Visitor().ask('POST', '/api/session', { name, isStaff: false })).status).toBe(400)
    },
  )

  it('refuses what is not JSON, too large, or not the right method', async () => {
    const visitor = new Visitor()
    expect((await visitor.ask('POST', '/api/session', null)).status).toBe(400)
    expect((await visitor.ask('POST', '/api/session', { name: 'Ada' })).status).toBe(400)
    expect((await visitor.ask('POST', '/api/session', {}, { 'Content-Type': 'text/plain' })).status).toBe(415)
    expect((await visitor.ask('POST', '/api/session', { name: 'x'.repeat(5000) })).status).toBe(413)
    const refused = await visitor.ask('PUT', '/api/session')
    expect([refused.status, refused.headers.get('allow')]).toEqual([405, 'GET, HEAD, POST, DELETE'])
  })

  it('is undone by signing out, which ends the streams too', async () => {
    const ada = await signedIn('Ada')
    const reader = await ada.follow()
    const response = await ada.ask('DELETE', '/api/session')
    expect(response.status).toBe(204)
    expect(response.headers.get('set-cookie')).toMatch(/^tidewire-playground=; .*Max-Age=0$/)
    expect(await reader.next()).toBeUndefined()
    expect((await ada.ask('GET', roomURL('lobby', ada.page))).status).toBe(401)
    expect((await ada.ask('DELETE', '/api/session')).status).toBe(401)
  })

  it('ends the oldest session where there are too many', async () => {
    await stop()
    await start({ maxSessions: 2 })
    const [first, second] = [await signedIn('First'), await signedIn('Second')]
    await signedIn('Third')
    expect(await (await first.ask('GET', '/api/session')).json()).toBeNull()
    expect(await (await second.ask('GET', '/api/session')).json()).toMatchObject({ name: 'Second' })
  })
})

describe('a room of the chat', () => {
  it('brings what others say, and no echo of what the page has said itself', async () => {
    const [ada, bob] = [await signedIn('Ada'), await signedIn('Bob')]
    const [toAda, toBob] = [await ada.follow(), await bob.follow()]
    const id = randomUUID()
    const response = await ada.say(' Hello ', { id })
    expect(response.status).toBe(201)
    const message = (await response.json()) as ChatMessage
    expect(message).toEqual({ id, author: 'Ada', text: 'Hello', at: expect.any(Number) })
    expect(await toBob.next()).toEqual(message)
    await bob.say('Hi')
    expect(await toAda.next()).toMatchObject({ author: 'Bob', text: 'Hi' })
  })

  it('brings it to the other pages of its author', async () => {
    const ada = await signedIn('Ada')
    const other = new Visitor()
    other.cookie = ada.cookie
    const reader = await other.follow()
    await ada.say('Hello')
    expect(await reader.next()).toMatchObject({ author: 'Ada', text: 'Hello' })
  })

  it('takes a second try for the same message', async () => {
    const [ada, bob] = [await signedIn('Ada'), await signedIn('Bob')]
    const reader = await bob.follow()
    const id = randomUUID()
    for (const text of ['Once', 'Once']) expect((await ada.say(text, { id })).status).toBe(201)
    await ada.say('After')
    expect(await reader.texts(2)).toEqual(['Once', 'After'])
  })

  it('is closed to strangers, and the room of the staff to everybody else', async () => {
    const [stranger, ada, eve] = [new Visitor(), await signedIn('Ada', true), await signedIn('Eve')]
    for (const [visitor, room, status] of [
      [stranger, 'lobby', 401],
      [eve, 'staff', 403],
      [ada, 'attic', 404],
    ] as const) {
      expect((await visitor.ask('GET', roomURL(room, visitor.page))).status, room).toBe(status)
      expect((await visitor.say('Hello', { room })).status, room).toBe(status)
    }
    const reader = await ada.follow('staff')
    const other = await signedIn('Alan', true)
    expect((await other.say('Among ourselves', { room: 'staff' })).status).toBe(201)
    expect(await reader.texts(1)).toEqual(['Among ourselves'])
  })

  it('refuses messages that are none', async () => {
    const ada = await signedIn('Ada')
    for (const text of ['', ' ', 'a\nb', 'a\u0000b', '\uD800', 'x'.repeat(MAX_TEXT + 1), 5, undefined]) {
      expect((await ada.say(text)).status, JSON.stringify(text)).toBe(400)
    }
    expect((await ada.say('x', { id: 'x' })).status).toBe(400)
    expect((await ada.say('x', { page: 'Bob' })).status).toBe(400)
    expect((await ada.say('x'.repeat(5000))).status).toBe(413)
    expect((await ada.say('x'.repeat(MAX_TEXT))).status).toBe(201)
  })

  it('slows down who says too much', async () => {
    const ada = await signedIn('Ada')
    const statuses: number[] = []
    for (let i = 0; i < 20; i++) statuses.push((await ada.say(`${i}`)).status)
    expect(new Set(statuses)).toEqual(new Set([201]))
    const refused = await ada.say('20')
    expect([refused.status, Number(refused.headers.get('retry-after'))]).toEqual([429, expect.closeTo(10, -1)])
    expect((await (await signedIn('Bob')).say('Hello')).status).toBe(201)
  })
})

describe('a cut', () => {
  it('breaks the streams of its caller off, and of nobody else', async () => {
    const [ada, bob] = [await signedIn('Ada'), await signedIn('Bob')]
    const [toAda, toBob] = [await ada.follow(), await bob.follow()]
    expect((await ada.ask('POST', '/api/cut')).status).toBe(204)
    await expect(toAda.next()).rejects.toThrow('terminated')
    await ada.say('Hello')
    expect(await toBob.texts(1)).toEqual(['Hello'])
    expect((await new Visitor().ask('POST', '/api/cut')).status).toBe(401)
  })

  it('lasts a while, as a lost network, and then the missed messages come once each', async () => {
    const [ada, bob] = [await signedIn('Ada'), await signedIn('Bob')]
    const reader = await ada.follow()
    await bob.say('Before')
    expect(await reader.texts(1)).toEqual(['Before'])
    const cutAt = performance.now()
    await ada.ask('POST', '/api/cut')
    await expect(reader.next()).rejects.toThrow('terminated')
    for (const text of ['First', 'Second']) await bob.say(text)
    // No answer at all, rather than a status: a native EventSource would take that for the end.
    await expect(ada.follow('lobby', reader.lastEventId)).rejects.toThrow('fetch failed')
    const back = await comeBack()
    expect(performance.now() - cutAt).toBeGreaterThanOrEqual(OUTAGE - 5)
    await bob.say('After')
    expect(await back.texts(3)).toEqual(['First', 'Second', 'After'])

    function comeBack(): Promise<Reader> {
      return ada.follow('lobby', reader.lastEventId).catch(comeBack)
    }
  })

  it('replays nothing that the page has said itself', async () => {
    await stop()
    await start({ outage: 0 })
    const [ada, bob] = [await signedIn('Ada'), await signedIn('Bob')]
    const reader = await ada.follow()
    await bob.say('Before')
    await reader.next()
    await ada.ask('POST', '/api/cut')
    await expect(reader.next()).rejects.toThrow('terminated')
    await ada.say('My own')
    await bob.say('Not my own')
    expect(await (await ada.follow('lobby', reader.lastEventId)).texts(1)).toEqual(['Not my own'])
  })
})

describe('the streams of the chat', () => {
  it('answer HEAD with their head alone, and end with the server', async () => {
    const ada = await signedIn('Ada')
    expect((await ada.ask('HEAD', roomURL('lobby', ada.page))).status).toBe(200)
    const reader = await ada.follow()
    await stop()
    expect(await reader.next()).toBeUndefined()
    await start()
  })

  it('are bounded for each person', async () => {
    const ada = await signedIn('Ada')
    const readers = await Promise.all(Array.from({ length: 20 }, () => ada.follow()))
    expect((await ada.ask('GET', roomURL('lobby', ada.page))).status).toBe(429)
    expect(readers).toHaveLength(20)
  })
})

describe('a rate limit', () => {
  it('counts within its window', async () => {
    const check = createRateLimit({ max: 2, window: 20 })
    const [ada, bob] = [{}, {}]
    for (const who of [ada, ada, bob]) check(who)
    expect(() => check(ada)).toThrow('That was too fast. Try again in 1 s.')
    await expect.poll(() => tries(check, ada), { interval: 5 }).toBe(true)
  })

  function tries(check: (who: object) => void, who: object): boolean {
    try {
      check(who)
      return true
    } catch {
      return false
    }
  }
})

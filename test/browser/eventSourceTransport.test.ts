import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { createSSEHub, formatSSE, type SSEEvent } from '@tidewire/server'
import { toNodeHandler } from '@tidewire/server/node'
import type { Browser, Page } from 'playwright-core'
import { rolldown } from 'rolldown'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { describeBrowser } from './describeBrowser.ts'
import type * as eventSourcePage from './eventSourcePage.ts'
import { launchBrowser } from './launchBrowser.ts'

declare const scenario: typeof eventSourcePage

type Route = (req: IncomingMessage, res: ServerResponse) => void

describeBrowser('a stream by EventSource', () => {
  let browser: Browser
  let script: string
  let page: Page
  let server: Server
  let origin: string
  /** What answers `/stream`, and what is asked for there. */
  let route: Route
  let requests: IncomingMessage[]

  const handle: Route = (req, res) => {
    if (!req.url?.startsWith('/stream')) return void res.writeHead(200, { 'content-type': 'text/html' }).end('<p>')
    requests.push(req)
    route(req, res)
  }

  beforeAll(async () => {
    browser = await launchBrowser()
    script = await bundlePage()
  })

  afterAll(() => browser.close())

  beforeEach(async () => {
    requests = []
    ;({ server, origin } = await listen(handle))
    page = await browser.newPage()
    await page.goto(origin)
    await page.addScriptTag({ content: script })
  })

  afterEach(async () => {
    await page.close()
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
  })

  const follow = (given: Partial<eventSourcePage.Scenario> = {}) =>
    page.evaluate((given) => scenario.follow({ url: '/stream', ...given }), given)
  const show = () => page.evaluate(() => scenario.show())
  const until = (entry: string) =>
    expect.poll(async () => (await show()).log, { timeout: 5000, interval: 10 }).toContain(entry)

  it('hands out the events that it is made for, and resumes behind those that it is not', async () => {
    route = (_, res) => {
      send(res, { data: 'text' }, { event: 'tick', id: '1', data: { n: 1 } }, { event: 'other', id: '2', data: 2 })
      send(res, { event: 'tick', data: 3 })
    }
    await follow({ events: ['tick'] })
    await until('tick:3')
    const { log, state } = await show()
    expect(log).toEqual(['open', 'message:"text"', 'tick:{"n":1}', 'tick:3'])
    expect(state).toMatchObject({ status: 'open', transport: 'eventsource', lastEventId: '2' })
  })

  it('comes back from its position by its own retry, with nothing lost or doubled', async () => {
    route = (req, res) => {
      const position = Number(new URL(req.url ?? '', origin).searchParams.get('lastEventId'))
      send(
        res,
        { retry: 1 },
        { id: `${position + 1}`, data: position + 1 },
        { id: `${position + 2}`, data: position + 2 },
      )
      if (position < 6) res.end()
      else send(res, { event: 'sse.bye', data: { reason: 'complete' } })
    }
    await follow({ url: '/stream?a=b%20c&lastEventId=0' })
    await until('close:complete')
    const { log } = await show()
    expect(log.filter((entry) => entry.startsWith('message'))).toEqual(
      [1, 2, 3, 4, 5, 6, 7, 8].map((n) => `message:${n}`),
    )
    expect(log.filter((entry) => entry === 'error:disconnected')).toHaveLength(3)
    const queries = requests.map(({ url }) => [...new URL(url ?? '', origin).searchParams])
    expect(queries).toEqual(
      ['0', '2', '4', '6'].map((id) => [
        ['a', 'b c'],
        ['lastEventId', id],
      ]),
    )
    expect(requests.map(({ headers }) => headers['last-event-id'])).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ])
  })

  it('begins where it is told to, and sends no position that no reader may', async () => {
    route = (_, res) => send(res, { data: 1 })
    await follow({ options: { lastEventId: 'ü & 1' } })
    await until('message:1')
    await follow({ options: { lastEventId: ' no ' } })
    await until('message:1')
    expect(requests.map(({ url }) => new URL(url ?? '', origin).searchParams.get('lastEventId'))).toEqual([
      'ü & 1',
      null,
    ])
  })

  it('is over when the server says so, or the reader', async () => {
    route = (_, res) => send(res, { data: 1 })
    await follow()
    await until('message:1')
    const closed = once(requests[0]!.socket, 'close')
    await page.evaluate(() => scenario.close())
    await closed
    route = (_, res) => send(res, { event: 'sse.bye', data: { reason: 'complete' } })
    await follow()
    await until('close:complete')
    await expect.poll(() => requests[1]!.socket.destroyed).toBe(true)
    expect(requests).toHaveLength(2)
  })

  it('takes events named `error` and `open` for the events that they are', async () => {
    route = (_, res) => {
      send(res, { event: 'open', data: 1 }, { event: 'error', data: { code: 'internal' } }, { data: 'last' })
    }
    await follow({ events: ['error'] })
    await until('message:"last"')
    expect((await show()).log).toEqual(['open', 'error:{"code":"internal"}', 'message:"last"'])
  })

  it.for([
    ['headers', { headers: { 'X-Token': 't' } }],
    ['body', { body: { a: 1 } }],
    ['method', { method: 'PUT' }],
    ['credentials', { credentials: 'omit' as const }],
  ] as const)('says so where it cannot do as `%s` says', async ([field, options]) => {
    route = (_, res) => send(res, { data: 1 })
    await follow({ options })
    await until('close:fatal')
    expect((await show()).state).toMatchObject({ error: { code: 'invalid-request', field } })
    expect(requests).toEqual([])
  })

  it('says so where the address is none, and where `resolveURL` fails', async () => {
    route = (_, res) => send(res, { data: 1 })
    await follow({ url: 'https://[' })
    await until('close:fatal')
    expect((await show()).state).toMatchObject({ error: { code: 'invalid-request' } })
    await follow({ failsFirst: true })
    await until('message:1')
    expect((await show()).log).toEqual(['error:headers', 'open', 'message:1'])
  })

  it('sends cookies to another origin where it is to include them', async () => {
    const other = await listen((req, res) => {
      requests.push(req)
      res.setHeader('access-control-allow-origin', origin)
      res.setHeader('access-control-allow-credentials', 'true')
      send(res, { data: 1 })
    })
    onTestFinished(() => {
      other.server.closeAllConnections()
      other.server.close()
    })
    await page.evaluate(() => (document.cookie = 'session=1'))
    await follow({ url: `${other.origin}/stream`, options: { credentials: 'include' } })
    await until('message:1')
    await follow({ url: `${other.origin}/stream` })
    await until('message:1')
    expect(requests.map(({ headers }) => headers.cookie)).toEqual(['session=1', undefined])
  })

  describe('that is refused', () => {
    it.for([
      [204, 'close:complete', undefined],
      [403, 'close:denied', 'http-status'],
      [401, 'close:denied', 'http-status'],
      [404, 'close:fatal', 'http-status'],
      [200, 'close:fatal', 'content-type'],
    ] as const)('finds out why: %i', async ([status, end, code]) => {
      route = (_, res) =>
        void res.writeHead(status, { 'content-type': 'text/html' }).end(status === 204 ? undefined : '<p>')
      await follow()
      await until(end)
      const { log, state } = await show()
      expect(log).toEqual(code ? [`error:${code}`, end] : [end])
      expect(state['error']).toEqual(code && { code, status, field: undefined })
      expect(requests).toHaveLength(2)
      expect(requests[1]?.headers.accept).toBe('text/event-stream')
    })

    it('comes back when the server wants it', async () => {
      route = (_, res) => {
        if (requests.length > 2) send(res, { data: 1 })
        else res.writeHead(503, { 'retry-after': '1' }).end()
      }
      await follow()
      await until('error:http-status')
      const { state } = await show()
      expect(state).toMatchObject({ status: 'reconnecting', error: { status: 503 } })
      expect(state['delay']).toBeGreaterThan(500)
      await until('message:1')
    })

    it('renews its credentials', async () => {
      route = (req, res) => {
        if (req.url?.includes('token=new')) send(res, { data: 1 })
        else res.writeHead(401).end()
      }
      await follow({ renewed: '/stream?token=new' })
      await until('message:1')
    })

    it('comes back where it was refused once, and would not be now', async () => {
      route = (_, res) => {
        if (requests.length === 1) res.writeHead(500).end()
        else send(res, { data: requests.length })
      }
      await follow()
      await until('message:3')
      expect((await show()).log).toEqual(['error:network', 'open', 'message:3'])
      await expect.poll(() => requests[1]?.socket.destroyed || requests[1]?.destroyed).toBe(true)
    })
  })

  it('is lost where nothing answers, or nobody is there', async () => {
    route = () => {}
    await follow({ options: { connectTimeout: 100 } })
    await until('error:timeout')
    await page.evaluate(() => scenario.close())
    const { server: gone, origin: nowhere } = await listen(() => {})
    gone.close()
    await follow({ url: `${nowhere}/stream` })
    await until('error:network')
  })

  it('is held to a heartbeat only where it is told one, for it hears no comments', async () => {
    const hello = { event: 'sse.hello', data: { v: 1, heartbeat: 50, cursor: 'e.1', channels: {} } }
    route = (_, res) => {
      send(res, hello, { data: 1 })
      setTimeout(() => send(res, { data: 2 }), 300)
    }
    await follow()
    await until('message:2')
    expect((await show()).log).toEqual(['open', 'message:1', 'message:2'])
    await follow({ options: { heartbeat: 50 } })
    await until('error:timeout')
    expect((await show()).log.slice(0, 3)).toEqual(['open', 'message:1', 'error:timeout'])
  })

  it('leaves out an event that is too large, and says so', async () => {
    route = (_, res) => send(res, { id: '1', data: 'x'.repeat(101) }, { id: '2', data: 'y' })
    await follow({ options: { maxEventSize: 100 } })
    await until('message:"y"')
    expect((await show()).log).toEqual(['open', 'error:too-large', 'gap:dropped', 'message:"y"'])
  })

  it('follows a channel of a hub, to its end and over lost connections', async () => {
    const hub = createSSEHub({ path: '/stream' })
    onTestFinished(() => hub.close())
    hub.channel('job/:id', { terminal: ['done'] })
    const handler = toNodeHandler(hub)
    route = (req, res) => void handler(req, res)
    await follow({ url: '/stream?channel=job/1', events: ['step', 'done'] })
    await until('open')
    await hub.to('job/1').send('step', 1)
    await until('step:1')
    for (const n of [2, 3, 4]) {
      server.closeAllConnections()
      await hub.to('job/1').send('step', n)
      await until(`step:${n}`)
    }
    await hub.to('job/1').send('done', 'all')
    await until('close:complete')
    const { log } = await show()
    expect(log.filter((entry) => /^(step|done|gap)/.test(entry))).toEqual([
      'step:1',
      'step:2',
      'step:3',
      'step:4',
      'done:"all"',
    ])
  })
})

function send(res: ServerResponse, ...events: SSEEvent[]): void {
  if (!res.headersSent) res.writeHead(200, { 'content-type': 'text/event-stream' })
  for (const event of events) {
    const { event: name = 'message', data } = event
    // Reserved names are the server's own.
    if (name.startsWith('sse.')) res.write(`event: ${name}\ndata: ${JSON.stringify(data)}\n\n`)
    else res.write(formatSSE(event))
  }
}

async function listen(route: Route): Promise<{ server: Server; origin: string }> {
  const server = createServer(route).listen(0)
  await once(server, 'listening')
  return { server, origin: `http://localhost:${(server.address() as AddressInfo).port}` }
}

async function bundlePage(): Promise<string> {
  const bundle = await rolldown({
    input: join(import.meta.dirname, 'eventSourcePage.ts'),
    resolve: { conditionNames: ['tidewire-source', 'browser', 'import', 'default'] },
  })
  const { output } = await bundle.generate({ format: 'iife', name: 'scenario' })
  await bundle.close()
  return output[0].code
}

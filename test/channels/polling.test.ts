import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout } from 'node:timers/promises'
import { createEventStream, createSSEClient, type EventStreamOptions, type SSEClientOptions } from '@tidewire/client'
import { polling, type PollingOptions } from '@tidewire/client/polling'
import { createSSEHub, createSSEStream, type SSEHub, type SSEHubOptions } from '@tidewire/server'
import { toNodeHandler } from '@tidewire/server/node'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { type BufferingProxy, type Holding, startBufferingProxy } from './bufferingProxy.ts'

/** So that it is soon found out that streams do not get through, and a busy machine still answers a poll. */
const QUICK = { connectTimeout: 500, retry: { delay: 1, maxDelay: 1 } }

const quickPolls = (options: PollingOptions = {}) => polling({ after: 1, interval: 5, ...options })

async function serve(handler: Parameters<typeof createServer>[1]): Promise<number> {
  const server = createServer(handler).listen(0)
  await once(server, 'listening')
  onTestFinished(async () => {
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
  })
  return (server.address() as AddressInfo).port
}

/** A hub behind a proxy that holds responses back. */
async function useHub(
  holds: Holding,
  channels: Record<string, Parameters<SSEHub['channel']>[1]>,
  options: SSEHubOptions = {},
): Promise<{ hub: SSEHub; proxy: BufferingProxy; url: string }> {
  const hub = createSSEHub(options)
  for (const [pattern, config] of Object.entries(channels)) hub.channel(pattern, config)
  const handler = toNodeHandler(hub)
  const proxy = await startBufferingProxy(await serve((req, res) => void handler(req, res)), holds)
  onTestFinished(() => hub.close())
  return { hub, proxy, url: `${proxy.origin}/_sse` }
}

/** Follows a stream, and writes down what it says. */
function follow(url: string, options: EventStreamOptions) {
  const log: string[] = []
  const stream = createEventStream(url, {
    ...QUICK,
    ...options,
    onOpen: () => void log.push(`open:${stream.transport}`),
    onEvent: ({ event, data }) => void log.push(`${event}:${JSON.stringify(data)}`),
    onGap: ({ reason }) => void log.push(`gap:${reason}`),
    onError: ({ code }) => void log.push(`error:${code}`),
    onClose: (reason) => void log.push(`close:${reason}`),
  })
  onTestFinished(() => stream.close())
  return { stream, log, until: untilIn(log) }
}

/** Makes a client, and writes down what its connection says. */
function useClient(url: string, options: SSEClientOptions) {
  const client = createSSEClient({ url, linger: 0, ...QUICK, ...options })
  onTestFinished(() => client.close())
  const log: string[] = []
  client.on('connected', () => log.push('connected'))
  client.on('disconnected', () => log.push('disconnected'))
  return { client, log, until: untilIn(log), subscribe: (channel: string) => subscribe(client, channel) }
}

/** Takes part in a channel, and writes down what it says, and each status that it shows. */
function subscribe(client: ReturnType<typeof createSSEClient>, channel: string) {
  const log: string[] = []
  const statuses: string[] = []
  const subscription = client.subscribe(channel, {
    onOpen: () => void log.push('open'),
    onEvent: ({ event, data }) => void log.push(`${event}:${JSON.stringify(data)}`),
    onGap: ({ reason }) => void log.push(`gap:${reason}`),
    onClose: (reason) => void log.push(`close:${reason}`),
  })
  subscription.subscribe(() => {
    const { status } = subscription.getSnapshot()
    if (statuses.at(-1) !== status) statuses.push(status)
  })
  return { subscription, log, statuses, until: untilIn(log) }
}

const untilIn = (log: readonly string[]) => (entry: string) =>
  vi.waitFor(() => expect(log).toContain(entry), { timeout: 4000, interval: 2 })

/** Resolves when so many polls more have been answered. */
async function polls({ targets }: BufferingProxy, count: number): Promise<void> {
  const isPoll = (target: string) => /[?&]poll$/.test(target)
  const before = targets.filter(isPoll).length
  // The last of them may be under way.
  await vi.waitFor(() => expect(targets.filter(isPoll).length).toBeGreaterThan(before + count), {
    timeout: 4000,
    interval: 2,
  })
}

const range = (length: number) => Array.from({ length }, (_, n) => n)

describe.for(['all', 'body'] as const)('behind a proxy that holds back %s', (holds) => {
  it('nothing ever arrives by a stream', async () => {
    const { hub, url, proxy } = await useHub(holds, { news: { retain: 'last' } })
    await hub.to('news').data('retained')
    // A head alone promises that a body follows: only a heartbeat that is known says when that is broken.
    const { log } = follow(`${url}?channel=news`, { heartbeat: 75, connectTimeout: 150 })
    for (let lost = 0; lost < 4; lost++) {
      await hub.to('news').data(lost)
      await vi.waitFor(() => expect(log.filter((entry) => entry === 'error:timeout').length).toBeGreaterThan(lost))
    }
    expect(log.filter((entry) => entry.startsWith('message'))).toEqual([])
    expect(proxy.targets.length).toBeGreaterThan(3)
  })

  it('every event arrives once, in order, where polling is allowed', async () => {
    const { hub, url, proxy } = await useHub(holds, { ':a': undefined })
    const { stream, log, until } = follow(`${url}?channel=a&channel=b`, { transport: quickPolls() })
    await until('open:polling')
    expect(stream).toMatchObject({ status: 'open', transport: 'polling', error: undefined })
    const before = log.length
    for (const n of range(200)) {
      await hub.to(n % 3 ? 'a' : 'b').data(n)
      if (n % 20 === 0) await polls(proxy, 1)
    }
    await until('a#message:199')
    await polls(proxy, 2)
    expect(log.slice(before)).toEqual(range(200).map((n) => `${n % 3 ? 'a' : 'b'}#message:${n}`))
    expect(log.slice(0, before).filter((entry) => entry.startsWith('error'))).toEqual(['error:timeout'])
    expect(stream.status).toBe('open')
  })

  it('a client of many channels gets all of them, and stays open between the polls', async () => {
    const { hub, url, proxy } = await useHub(holds, { ':a': undefined, 'last/:a': { retain: 'last' } })
    await hub.to('last/a').data('retained')
    const { client, log, subscribe } = useClient(url, { transport: quickPolls() })
    const a = subscribe('a')
    const last = subscribe('last/a')
    await last.until('message:"retained"')
    await a.until('open')
    expect(client).toMatchObject({ status: 'open', connected: true, connectionId: undefined })
    expect(a.subscription).toMatchObject({ status: 'open', transport: 'polling' })
    for (const n of range(50)) {
      await hub.to('a', 'last/a').data(n)
      if (n % 10 === 0) await polls(proxy, 1)
    }
    await a.until('message:49')
    // Asked for between two polls, and left again.
    const late = subscribe('late')
    await late.until('open')
    await hub.to('late').data('here')
    await late.until('message:"here"')
    late.subscription.close()
    await polls(proxy, 3)
    const events = range(50).map((n) => `message:${n}`)
    expect(a.log).toEqual(['open', ...events])
    expect(last.log).toEqual(['open', 'message:"retained"', ...events])
    expect(late.log).toEqual(['open', 'message:"here"', 'close:manual'])
    expect([a.statuses.at(-1), last.statuses.at(-1)]).toEqual(['open', 'open'])
    expect(a.statuses.filter((status) => status === 'open').length).toBeLessThanOrEqual(holds === 'all' ? 1 : 3)
    expect(log).toEqual(['connected'])
    expect(proxy.targets.filter((target) => target.startsWith('POST'))).toEqual([])
    expect(proxy.targets.at(-1)).not.toContain('late')
  })
})

it('goes back to a stream as soon as one gets through, and loses nothing on the way', async () => {
  const { hub, url, proxy } = await useHub('all', { ':a': undefined })
  const { client, log, subscribe, until } = useClient(url, { transport: quickPolls({ retryStream: 200 }) })
  const a = subscribe('a')
  await a.until('open')
  proxy.holds = 'nothing'
  let n = 0
  for (; a.subscription.transport === 'polling'; n++) {
    await hub.to('a').data(n)
    await setTimeout(1)
  }
  for (const _ of range(10)) await hub.to('a').data(n++)
  await a.until(`message:${n - 1}`)
  expect(a.log).toEqual(['open', ...range(n).map((each) => `message:${each}`)])
  expect(client).toMatchObject({ connected: true, status: 'open' })
  expect(a.subscription.transport).toBe('fetch')
  expect(client.connectionId).toBeTypeOf('string')
  expect(log).toEqual(['connected'])
  // Again a connection that a change can be told to.
  const b = subscribe('b')
  await b.until('open')
  expect(proxy.targets.at(-1)).toMatch(/^POST/)
  // And one that can be lost, and resumed.
  proxy.cut()
  await until('disconnected')
  await hub.to('a', 'b').data('after')
  await a.until('message:"after"')
  await b.until('message:"after"')
  expect(log).toEqual(['connected', 'disconnected', 'connected'])
})

it('reads what is asked anew for each poll', async () => {
  const tokens: number[] = []
  const context = ({ headers }: Request) => void tokens.push(Number(headers.get('token')))
  const { url } = await useHub('all', { ':a': undefined }, { context })
  let token = 0
  const resolveURL = vi.fn((target: string) => target)
  const { until, stream } = follow(`${url}?channel=a`, {
    transport: quickPolls(),
    headers: () => ({ token: String(++token) }),
    resolveURL,
  })
  await until('open:polling')
  await vi.waitFor(() => expect(tokens.length).toBeGreaterThan(4))
  stream.close()
  expect(tokens).toEqual(range(tokens.length).map((n) => n + 1))
  expect(resolveURL.mock.calls.length).toBeGreaterThanOrEqual(tokens.length)
})

it('is told by a poll what a stream would have told', async () => {
  let isAllowed = true
  const { hub, url } = await useHub('all', {
    'secret/:a': () => isAllowed,
    'job/:a': { terminal: ['done'] },
    'short/:a': { history: { maxEvents: 1 } },
    ':a': undefined,
  })
  const { client, subscribe } = useClient(url, { transport: quickPolls({ interval: 60 }) })
  const [secret, job, short, a] = ['secret/1', 'job/1', 'short/1', 'a'].map(subscribe)
  await a?.until('open')
  isAllowed = false
  for (const n of range(5)) await hub.to('secret/1', 'short/1', 'a').data(n)
  await hub.to('job/1').send('done', 'result')
  await Promise.all([secret?.until('close:denied'), job?.until('close:complete'), short?.until('gap:reset')])
  await hub.to('short/1').data('next')
  await short?.until('message:"next"')
  expect(secret?.log).toEqual(['open', 'close:denied'])
  expect(job?.log).toEqual(['open', 'done:"result"', 'close:complete'])
  expect(short?.log).toEqual(['open', 'gap:reset', 'message:"next"'])
  expect(a?.log).toEqual(['open', ...range(5).map((n) => `message:${n}`)])
  a?.subscription.close()
  short?.subscription.close()
  expect(client.status).toBe('idle')
})

it('is complete when all that a plain reader asked for is over', async () => {
  const { hub, url } = await useHub('all', { ':a': { terminal: ['done'] } })
  const { log, until, stream } = follow(`${url}?channel=a`, { transport: quickPolls() })
  await until('open:polling')
  await hub.to('a').send('done', 1)
  await until('close:complete')
  expect(log.slice(-2)).toEqual(['done:1', 'close:complete'])
  const late = follow(`${url}?channel=a`, { lastEventId: stream.lastEventId })
  await late.until('close:complete')
})

it('goes on where a poll was cut off', async () => {
  const { hub, url, proxy } = await useHub('all', { ':a': undefined })
  const { log, until } = follow(`${url}?channel=a`, { transport: quickPolls() })
  const cutOne = async () => {
    await vi.waitFor(() => expect(proxy.open).toBe(1), { interval: 1 })
    proxy.cut()
  }
  await until('open:polling')
  const before = log.length
  for (const n of range(40)) {
    await hub.to('a').data(n)
    if (n % 5 === 0) await cutOne()
  }
  await until('message:39')
  expect(log.slice(before).filter((entry) => entry.startsWith('message'))).toEqual(range(40).map((n) => `message:${n}`))
})

it('asks for more channels than a URL has room for by one poll after another', async () => {
  const { hub, url } = await useHub('all', { 'with/a/very/long/name/:a': undefined })
  const { client, subscribe, log } = useClient(url, { transport: quickPolls() })
  const names = range(60).map((n) => `with/a/very/long/name/${n}/`.slice(0, -1).padEnd(150, 'x'))
  const all = names.map(subscribe)
  await Promise.all(all.map(({ until }) => until('open')))
  for (const round of range(10)) for (const name of names) await hub.to(name).data(round)
  await Promise.all(all.map(({ until }) => until('message:9')))
  for (const one of all) expect(one.log).toEqual(['open', ...range(10).map((round) => `message:${round}`)])
  expect(client.status).toBe('open')
  expect(log).toEqual(['connected'])
})

it('stays with streams where the server offers no polling, and says so once', async () => {
  const asked: string[] = []
  const port = await serve((req, res) => {
    asked.push(req.url ?? '')
    res.writeHead(200, { 'content-type': 'text/event-stream' })
    // Mute at first, as if it had nothing to say.
    if (asked.length < 2 || req.url?.includes('poll')) res.flushHeaders()
    if (req.url?.includes('poll')) res.end('retry: 5\nid: other\n\nid: stranger\ndata: 1\n\n')
    if (asked.length > 4) res.write('id: 1\ndata: 2\n\n')
  })
  const { log, until, stream } = follow(`http://localhost:${port}/`, { transport: quickPolls(), heartbeat: 75 })
  await until('message:2')
  expect(asked.filter((target) => target.includes('poll'))).toEqual(['/?poll'])
  expect(log.filter((entry) => entry === 'error:disconnected')).toHaveLength(1)
  expect(log).not.toContain('message:1')
  expect(stream.lastEventId).toBe('1')
})

it.for([404, 403, 200])('stays with streams where a first poll is answered by %i and no stream', async (status) => {
  const asked: string[] = []
  const port = await serve((req, res) => {
    asked.push(req.url ?? '')
    if (req.url?.includes('poll')) res.writeHead(status, { 'content-type': 'text/html' }).end('<p>')
    else if (asked.length > 3) res.writeHead(200, { 'content-type': 'text/event-stream' }).write('data: 2\n\n')
  })
  const { log, until } = follow(`http://localhost:${port}/`, { transport: quickPolls() })
  await until('message:2')
  expect(asked.filter((target) => target.includes('poll'))).toEqual(['/?poll'])
  expect(log.filter((entry) => entry.startsWith('error:')).slice(0, 2)).toEqual(['error:timeout', 'error:disconnected'])
})

it('never repeats a POST, nor polls by one', async () => {
  const { hub, url, proxy } = await useHub('all', { ':a': undefined })
  const { until } = follow(`${url}?channel=a`, {
    method: 'POST',
    transport: quickPolls(),
    retry: { delay: 1 },
  })
  await until('close:fatal')
  expect(proxy.targets.filter((target) => target.includes('poll'))).toEqual([])
  expect(hub.connectionCount).toBe(0)
})

it('follows a source of a stream that is no hub as ever', async () => {
  const port = await serve((req, res) => {
    const stream = createSSEStream(async function* () {
      yield { data: 'one' }
      yield { data: 'two' }
    })
    void stream
      .toResponse()
      .text()
      .then((text) => res.writeHead(200, { 'content-type': 'text/event-stream' }).end(text))
  })
  const { log, until } = follow(`http://localhost:${port}/`, { transport: quickPolls() })
  await until('close:complete')
  expect(log).toEqual(['open:fetch', 'message:"one"', 'message:"two"', 'close:complete'])
})

it('leaves nothing behind when it is closed between two polls, or during one', async () => {
  const { hub, url, proxy } = await useHub('all', { ':a': undefined })
  const between = follow(`${url}?channel=a`, { transport: quickPolls({ interval: 100_000 }) })
  await between.until('open:polling')
  between.stream.close()
  const during = follow(`${url}?channel=a`, { transport: quickPolls() })
  await during.until('open:polling')
  await vi.waitFor(() => expect(proxy.open).toBe(1), { interval: 1 })
  during.stream.close()
  await vi.waitFor(() => expect(proxy.open).toBe(0))
  await vi.waitFor(() => expect(hub.connectionCount).toBe(0))
  expect(between.log.at(-1)).toBe('close:manual')
  expect(during.log.at(-1)).toBe('close:manual')
})

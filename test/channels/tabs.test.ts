import { describe, expect, it, vi } from 'vitest'
import { polling } from '@tidewire/client/polling'
import { shareInBrowser } from '@tidewire/client/tabs'
import type { SSEHub } from '@tidewire/server'
import { type BrowserTab, turns, useBrowser } from './useBrowserTabs.ts'
import { record as recordClient, useClient, useHub, useWire } from './useHubClient.ts'

// Some of it waits for what takes its time, on a machine that may be busy.
vi.setConfig({ testTimeout: 20_000 })
const patience = { timeout: 10_000, interval: 5 }

const record: typeof recordClient = (...args) => {
  const part = recordClient(...args)
  return { ...part, until: (entry) => vi.waitFor(() => expect(part.log).toContain(entry), patience) }
}

const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index)

/** The payloads that a part has heard. */
const heard = ({ log }: { log: string[] }) =>
  log.filter((entry) => /^(message|gap)/.test(entry)).map((entry) => entry.replace('message:', ''))

const requests = (tabs: BrowserTab[], method = 'GET') =>
  tabs.flatMap(({ wire }) => wire.requests.filter((request) => request.startsWith(method)))

describe('tabs of one browser', () => {
  it.each([2, 3, 10])('share one connection: %i of them, and each gets every event once, in order', async (count) => {
    const hub = useHub({}, 'a')
    const { open } = useBrowser(hub)
    const tabs = range(1, count).map(() => open())
    const parts = tabs.map(({ client }) => record(client, 'a'))
    await Promise.all(parts.map((part) => part.until('open')))
    expect(hub.connectionCount).toBe(1)
    for (const n of range(1, 50)) await hub.to('a').data(n)
    await Promise.all(parts.map((part) => part.until('message:50')))
    for (const part of parts) expect(heard(part)).toEqual(range(1, 50).map(String))
    expect(hub.connectionCount).toBe(1)
    expect(requests(tabs)).toHaveLength(1)
  })

  it('follow what any of them wants, and leave what none does', async () => {
    const hub = useHub({}, 'a', 'b', 'c')
    const { open } = useBrowser(hub)
    const [one, two] = [open(), open()]
    const a = record(one.client, 'a')
    const b = record(two.client, 'b')
    await Promise.all([a.until('open'), b.until('open')])
    const c = record(two.client, 'c')
    const both = record(one.client, 'c')
    await Promise.all([c.until('open'), both.until('open')])
    for (const name of ['a', 'b', 'c']) await hub.to(name).data(name)
    await Promise.all([a.until('message:"a"'), b.until('message:"b"'), both.until('message:"c"')])
    await c.until('message:"c"')
    c.subscription.close()
    await hub.to('c').data(2)
    await both.until('message:2')
    expect(hub.subscriberCount('c')).toBe(1)
    both.subscription.close()
    await vi.waitFor(() => expect(hub.subscriberCount('c')).toBe(0), patience)
    expect(hub.subscriberCount('a')).toBe(1)
    expect(a.log).toEqual(['open', 'message:"a"'])
    expect(b.log).toEqual(['open', 'message:"b"'])
    expect(c.log).toEqual(['open', 'message:"c"', 'close:manual'])
    expect(requests([one, two])).toHaveLength(1)
  })

  it('do not share where they are of different users', async () => {
    const hub = useHub({}, 'a')
    const { open } = useBrowser(hub)
    const parts = ['ann', 'bob', undefined].map((identity) => record(open({ identity }).client, 'a'))
    await Promise.all(parts.map((part) => part.until('open')))
    expect(hub.connectionCount).toBe(3)
  })

  it('do not share where their headers differ, or are made for each request', async () => {
    const hub = useHub({}, 'a')
    const { open } = useBrowser(hub)
    const given = [{ a: '1' }, { a: '2' }, { A: '1' }, () => ({ a: '1' }), () => ({ a: '1' })]
    const parts = given.map((headers) => record(open({ headers }).client, 'a'))
    await Promise.all(parts.map((part) => part.until('open')))
    expect(hub.connectionCount).toBe(4)
    const named = [1, 2].map(() => record(open({ identity: 'ann', headers: () => ({ a: '1' }) }).client, 'a'))
    await Promise.all(named.map((part) => part.until('open')))
    expect(hub.connectionCount).toBe(5)
  })

  it.each(['isSecureContext', 'BroadcastChannel', 'navigator'])(
    'have a connection each where there is no %s',
    async (name) => {
      const hub = useHub({}, 'a')
      useBrowser(hub)
      const wire = useWire(hub)
      vi.stubGlobal(name, undefined)
      const parts = [1, 2].map(() => record(useClient(wire, { share: shareInBrowser() }), 'a'))
      await Promise.all(parts.map((part) => part.until('open')))
      expect(hub.connectionCount).toBe(2)
    },
  )

  it('have a connection each where the page must not use locks', async () => {
    const hub = useHub({}, 'a')
    useBrowser(hub)
    const wire = useWire(hub)
    const request = () => Promise.reject(new DOMException('Sandboxed.', 'SecurityError'))
    vi.stubGlobal('navigator', { locks: { request, query: request } })
    const parts = [1, 2].map(() => record(useClient(wire, { share: shareInBrowser() }), 'a'))
    await Promise.all(parts.map((part) => part.until('open')))
    expect(hub.connectionCount).toBe(2)
    expect(parts.map(({ log }) => log)).toEqual([['open'], ['open']])
  })

  it('go alone where the hub does not take what they want together', async () => {
    const hub = useHub({ limits: { maxChannels: 3 } }, 'a/:n')
    const { open, locks } = useBrowser(hub)
    const tabs = range(1, 3).map(() => open())
    const follow = (tab: BrowserTab, ...names: string[]) => names.map((name) => record(tab.client, `a/${name}`))
    const early = follow(tabs[0]!, '1', '2')
    await Promise.all(early.map((part) => part.until('open')))
    // Too much for a change, and then for a request.
    const late = follow(tabs[1]!, '3', '4')
    await Promise.all(late.map((part) => part.until('open')))
    expect(hub.connectionCount).toBe(2)
    const last = follow(tabs[2]!, '1', '5')
    await Promise.all(last.map((part) => part.until('open')))
    expect(hub.connectionCount).toBe(2)
    for (const n of range(1, 5)) await hub.to(`a/${n}`).data(n)
    const parts = [...early, ...late, ...last]
    await Promise.all(parts.map((part, index) => part.until(`message:${[1, 2, 3, 4, 1, 5][index]}`)))
    tabs[1]!.client.close()
    tabs[0]!.client.close()
    tabs[2]!.client.close()
    await vi.waitFor(async () => expect(await locks()).toEqual([]), patience)
  })

  it('go alone from the start where the hub does not take what they want together', async () => {
    const hub = useHub({ limits: { maxChannels: 3 } }, 'a/:n')
    const { open } = useBrowser(hub)
    const tabs = range(1, 2).map(() => open())
    const parts = tabs.flatMap(({ client }, index) => ['x', 'y'].map((name) => record(client, `a/${name}${index}`)))
    await Promise.all(parts.map((part) => part.until('open')))
    expect(hub.connectionCount).toBe(2)
  })

  it('poll each for itself where streams do not get through', async () => {
    const hub = useHub({}, 'a')
    const { open } = useBrowser(hub)
    const tabs = range(1, 2).map(() => {
      const tab = open({ connectTimeout: 100, transport: polling({ after: 1, interval: 20 }) })
      // A proxy that waits for the end.
      tab.wire.intercept = ({ url }) => (url.includes('poll') ? undefined : new Promise(() => {}))
      return tab
    })
    const parts = tabs.map(({ client }) => record(client, 'a'))
    await Promise.all(parts.map((part) => part.until('open')))
    for (const n of range(1, 5)) await hub.to('a').data(n)
    await Promise.all(parts.map((part) => part.until('message:5')))
    for (const part of parts) expect(heard(part)).toEqual(range(1, 5).map(String))
  })

  it('show each other that the connection lives, also where their own channels are quiet', async () => {
    vi.useRealTimers()
    // Longer than a busy machine stands still.
    const hub = useHub({ heartbeat: 1000 }, 'a', 'b')
    const { open } = useBrowser(hub)
    vi.useRealTimers()
    const errors: string[] = []
    const tabs = range(1, 3).map(() => open({ onError: ({ code }) => void errors.push(code) }))
    const parts = tabs.map(({ client }, index) => record(client, index === 0 ? 'a' : 'b'))
    await Promise.all(parts.map((part) => part.until('open')))
    // Busy, and so without a heartbeat; then with nothing else.
    for (const n of range(1, 60)) {
      await hub.to('a').data(n)
      await new Promise((resolve) => setTimeout(resolve, 40))
    }
    await new Promise((resolve) => setTimeout(resolve, 2500))
    expect(errors).toEqual([])
    expect(requests(tabs)).toHaveLength(1)
  }, 15_000)

  it('leave no lock behind', async () => {
    const hub = useHub({}, 'a')
    const { open, locks } = useBrowser(hub)
    const tabs = range(1, 3).map(() => open())
    const parts = tabs.map(({ client }) => record(client, 'a'))
    await Promise.all(parts.map((part) => part.until('open')))
    expect(await locks()).toHaveLength(3 + 3 + 2)
    for (const { client } of tabs) {
      client.close()
      client.close()
    }
    await vi.waitFor(async () => expect(await locks()).toEqual([]), patience)
    await vi.waitFor(() => expect(hub.connectionCount).toBe(0), patience)
    expect(vi.getTimerCount()).toBe(0)
  })
})

describe('a tab that comes late', () => {
  it('is fresh where it was never before', async () => {
    const hub = useHub({}, 'a')
    const { open } = useBrowser(hub)
    const tabs = [open(), open()]
    const first = record(tabs[0]!.client, 'a')
    await first.until('open')
    await hub.to('a').data(1)
    await first.until('message:1')
    const late = record(tabs[1]!.client, 'a')
    await late.until('open')
    await hub.to('a').data(2)
    await late.until('message:2')
    expect(late.log).toEqual(['open', 'message:2'])
    expect(hub.connectionCount).toBe(1)
  })

  it('gets what it missed from the leader', async () => {
    const hub = useHub({}, 'a', 'b')
    const { open } = useBrowser(hub)
    const [one, two] = [open(), open()]
    const first = record(one.client, 'a')
    const other = record(one.client, 'b')
    await Promise.all([first.until('open'), other.until('open')])
    const early = record(two.client, 'a')
    await early.until('open')
    await hub.to('a').data(1)
    await early.until('message:1')
    early.subscription.close()
    for (const n of range(2, 5)) {
      await hub.to('a').data(n)
      await hub.to('b').data(n)
    }
    await first.until('message:5')
    const late = record(two.client, 'a')
    await late.until('message:5')
    expect(heard(late)).toEqual(['2', '3', '4', '5'])
    await hub.to('a').data(6)
    await late.until('message:6')
    expect(heard(late)).toEqual(['2', '3', '4', '5', '6'])
    expect(requests([one, two])).toHaveLength(1)
  })

  it('gets the retained value', async () => {
    const hub = useHub({}, 'a')
    hub.channel('last', { retain: 'last' })
    await hub.to('last').data('kept')
    const { open } = useBrowser(hub)
    const tabs = [open(), open(), open()]
    const first = record(tabs[0]!.client, 'last')
    await first.until('message:"kept"')
    const second = record(tabs[1]!.client, 'last')
    await second.until('open')
    await hub.to('last').data('newer')
    await second.until('message:"newer"')
    const third = record(tabs[2]!.client, 'last')
    await third.until('open')
    expect([first, second, third].map(heard)).toEqual([['"kept"', '"newer"'], ['"kept"', '"newer"'], ['"newer"']])
  })

  it('gets the retained value where the leader was never given it', async () => {
    const hub = useHub()
    hub.channel('last', { retain: 'last' })
    hub.channel('a')
    const { open } = useBrowser(hub)
    const tabs = range(1, 6).map(() => open())
    const first = record(tabs[0]!.client, 'last')
    const other = record(tabs[0]!.client, 'a')
    await Promise.all([first.until('open'), other.until('open')])
    await hub.to('last').data(1)
    await hub.to('a').data(1)
    await Promise.all([first.until('message:1'), other.until('message:1')])
    const parts = tabs.slice(1, 4).map(({ client }) => [record(client, 'last'), record(client, 'a')])
    await Promise.all(parts.flatMap(([last, a]) => [last!.until('open'), a!.until('open')]))
    for (const [last, a] of parts) expect([heard(last!), heard(a!)]).toEqual([['1'], []])
    const before = requests(tabs).length
    await hub.to('last').data(2)
    await hub.to('a').data(2)
    await Promise.all(parts.flatMap(([last, a]) => [last!.until('message:2'), a!.until('message:2')]))
    const later = [record(tabs[4]!.client, 'last'), record(tabs[4]!.client, 'a')]
    await Promise.all(later.map((part) => part.until('open')))
    expect(later.map(heard)).toEqual([['2'], []])
    // By now it is known what each of them retains.
    expect(requests(tabs)).toHaveLength(before)
    // A leader that resumes knows nothing.
    tabs[0]!.client.close()
    await hub.to('a').data(3)
    await parts[0]![1]!.until('message:3')
    const last = record(tabs[5]!.client, 'last')
    await last.until('open')
    expect(heard(last)).toEqual(['2'])
  })

  it('gets what it missed from the hub where the leader does not have it', async () => {
    const hub = useHub({}, 'a', 'b')
    const { open } = useBrowser(hub)
    const [one, two] = [open(), open()]
    const other = record(two.client, 'b')
    const early = record(two.client, 'a')
    await Promise.all([early.until('open'), other.until('open')])
    await hub.to('a').data(1)
    await early.until('message:1')
    early.subscription.close()
    await vi.waitFor(() => expect(hub.subscriberCount('a')).toBe(0), patience)
    for (const n of range(2, 5)) await hub.to('a').data(n)
    const first = record(one.client, 'a')
    await first.until('open')
    await hub.to('a').data(6)
    await first.until('message:6')
    const late = record(two.client, 'a')
    await late.until('message:6')
    await late.until('open')
    await hub.to('a').data(7)
    await late.until('message:7')
    expect(heard(late)).toEqual(range(2, 7).map(String))
    expect(heard(first)).toEqual(['6', '7'])
    await vi.waitFor(() => expect(hub.connectionCount).toBe(1), patience)
  })

  it('hears who is there', async () => {
    const hub = useHub({ identify: () => 'ann' })
    hub.channel('room', { presence: true })
    const { open } = useBrowser(hub)
    const tabs = [open(), open()]
    const first = record(tabs[0]!.client, 'room')
    await vi.waitFor(() => expect(first.subscription.presence?.count).toBe(1), patience)
    const late = record(tabs[1]!.client, 'room')
    await late.until('open')
    expect(late.subscription.presence).toEqual(first.subscription.presence)
  })
})

describe('what the hub decides', () => {
  it('denies a channel alone, and all of them as a request', async () => {
    const hub = useHub({}, 'a')
    hub.channel('secret', () => false)
    const { open } = useBrowser(hub)
    const tabs = [open(), open(), open()]
    const a = record(tabs[0]!.client, 'a')
    await a.until('open')
    const more = [record(tabs[1]!.client, 'a'), record(tabs[1]!.client, 'secret')]
    await more[1]!.until('close:denied')
    await more[0]!.until('open')
    const all = record(tabs[2]!.client, 'secret')
    await all.until('close:denied')
    expect(tabs[2]!.client.status).toBe('closed')
    expect(all.subscription.error).toMatchObject({ code: 'http-status', status: 403 })
    const later = record(tabs[0]!.client, 'secret')
    await later.until('close:denied')
    await hub.to('a').data(1)
    await Promise.all([a.until('message:1'), more[0]!.until('message:1')])
    expect(a.log).toEqual(['open', 'message:1'])
    expect(more[0]!.log).toEqual(['open', 'message:1'])
  })

  it('denies a leader that may have nothing, and another tab leads', async () => {
    const hub = useHub({}, 'a')
    hub.channel('secret', () => false)
    const { open } = useBrowser(hub)
    const tabs = [open(), open()]
    const secret = record(tabs[0]!.client, 'secret')
    const a = record(tabs[1]!.client, 'a')
    await Promise.all([secret.until('close:denied'), a.until('open')])
    await hub.to('a').data(1)
    await a.until('message:1')
  })

  it('takes a channel away from all', async () => {
    const hub = useHub({ identify: () => 'ann' }, 'a', 'b')
    const { open } = useBrowser(hub)
    const tabs = range(1, 3).map(() => open())
    const parts = tabs.map(({ client }) => ({ a: record(client, 'a'), b: record(client, 'b') }))
    await Promise.all(parts.flatMap(({ a, b }) => [a.until('open'), b.until('open')]))
    await hub.to('a').data(1)
    hub.revoke('a')
    await Promise.all(parts.map(({ a }) => a.until('close:revoked')))
    await hub.to('b').data(1)
    await Promise.all(parts.map(({ b }) => b.until('message:1')))
    for (const { a, b } of parts) {
      expect(a.log).toEqual(['open', 'message:1', 'error:revoked', 'close:revoked'])
      expect(b.log).toEqual(['open', 'message:1'])
    }
  })

  it('ends a channel for all, and for who comes late', async () => {
    const hub = useHub({}, 'b')
    hub.channel('a', { terminal: ['done'] })
    const { open } = useBrowser(hub)
    const tabs = [open(), open(), open()]
    const parts = tabs.slice(0, 2).map(({ client }) => [record(client, 'a'), record(client, 'b')])
    await Promise.all(parts.flat().map((part) => part.until('open')))
    await hub.to('a').send('done', 1)
    await Promise.all(parts.map(([a]) => a!.until('close:complete')))
    const late = record(tabs[2]!.client, 'a')
    await late.until('close:complete')
    expect(parts.map(([a]) => a!.log)).toEqual([
      ['open', 'done:1', 'close:complete'],
      ['open', 'done:1', 'close:complete'],
    ])
    expect(late.log).toEqual(['done:1', 'open', 'close:complete'])
  })

  it('sends all away', async () => {
    const hub = useHub({}, 'a')
    const { open, locks } = useBrowser(hub)
    const tabs = [open(), open()]
    const parts = tabs.map(({ client }) => record(client, 'a'))
    await Promise.all(parts.map((part) => part.until('open')))
    hub.disconnect(() => true)
    await Promise.all(parts.map((part) => part.until('close:revoked')))
    expect(tabs.map(({ client }) => client.status)).toEqual(['closed', 'closed'])
    await expect.poll(locks).toEqual([])
  })

  it('tells each tab of events that are gone', async () => {
    const hub = useHub({})
    hub.channel('a', { history: { maxEvents: 1 } })
    const { open } = useBrowser(hub)
    const tabs = [open(), open()]
    const parts = tabs.map(({ client }) => record(client, 'a'))
    await Promise.all(parts.map((part) => part.until('open')))
    await hub.to('a').data(1)
    await Promise.all(parts.map((part) => part.until('message:1')))
    for (const { wire } of tabs) wire.intercept = () => new Response(null, { status: 503 })
    for (const { wire } of tabs) wire.cut()
    for (const n of [2, 3, 4]) await hub.to('a').data(n)
    for (const { wire } of tabs) wire.intercept = undefined
    await Promise.all(parts.map((part) => part.until('gap:reset')))
    await hub.to('a').data(5)
    await Promise.all(parts.map((part) => part.until('message:5')))
    for (const part of parts) expect(heard(part)).toEqual(['1', 'gap:reset', '5'])
  })

  it('is asked again with new credentials, by each tab for itself', async () => {
    let valid = 'old'
    const hub = useHub(
      {
        context: (request) => {
          // oxlint-disable-next-line typescript/only-throw-error -- that is how a hub refuses
          if (request.headers.get('token') !== valid) throw new Response(null, { status: 401 })
        },
      },
      'a',
    )
    const { open } = useBrowser(hub)
    const tabs = range(1, 3).map(() => {
      let token = 'older'
      const onUnauthorized = async () => void (token = valid)
      return open({ identity: 'ann', headers: () => ({ token }), onUnauthorized })
    })
    const parts = tabs.map(({ client }) => record(client, 'a'))
    await Promise.all(parts.map((part) => part.until('open')))
    expect(hub.connectionCount).toBe(1)
    valid = 'new'
    await hub.to('a').data(1)
    await Promise.all(parts.map((part) => part.until('message:1')))
  })
})

describe('a connection that is lost', () => {
  it('is lost for each tab, and each resumes', async () => {
    const hub = useHub({}, 'a', 'b')
    const { open } = useBrowser(hub)
    const errors: string[] = []
    const tabs = range(1, 4).map(() => open({ onError: ({ code }) => void errors.push(code) }))
    const parts = tabs.map(({ client }) => record(client, 'a'))
    const other = record(tabs[3]!.client, 'b')
    await Promise.all([...parts, other].map((part) => part.until('open')))
    await hub.to('a').data(1)
    await Promise.all(parts.map((part) => part.until('message:1')))
    for (const { wire } of tabs) wire.cut()
    for (const n of range(2, 20)) {
      await hub.to('a').data(n)
      await hub.to('b').data(n)
    }
    await Promise.all([...parts, other].map((part) => part.until('message:20')))
    for (const part of parts) expect(heard(part)).toEqual(range(1, 20).map(String))
    expect(errors).toEqual(range(1, 4).map(() => 'network'))
    expect(heard(other)).toEqual(range(2, 20).map(String))
    await vi.waitFor(() => expect(hub.connectionCount).toBe(1), patience)
  })

  it('fails for each tab as it does for the leader', async () => {
    const hub = useHub({}, 'a')
    const { open, locks } = useBrowser(hub)
    const tabs = range(1, 3).map(() => open({ retry: { delay: 1, maxDelay: 1, maxAttempts: 2 } }))
    for (const { wire } of tabs) wire.intercept = () => new Response(null, { status: 503 })
    const parts = tabs.map(({ client }) => record(client, 'a'))
    await Promise.all(parts.map((part) => part.until('close:fatal')))
    for (const { subscription } of parts) expect(subscription.error).toMatchObject({ code: 'http-status', status: 503 })
    await expect.poll(locks).toEqual([])
  })

  it('is made anew where the hub does not know it', async () => {
    const hub = useHub({}, 'a', 'b')
    const { open } = useBrowser(hub)
    const tabs = [open(), open()]
    const parts = tabs.map(({ client }) => record(client, 'a'))
    await Promise.all(parts.map((part) => part.until('open')))
    for (const { wire } of tabs) {
      wire.intercept = (request) => (request.method === 'POST' ? new Response(null, { status: 404 }) : undefined)
    }
    const b = record(tabs[1]!.client, 'b')
    await b.until('open')
    await hub.to('b').data(1)
    await b.until('message:1')
    await hub.to('a').data(1)
    await Promise.all(parts.map((part) => part.until('message:1')))
  })
})

describe('a leader', () => {
  const burst = async (hub: SSEHub, from: number, to: number, between?: (n: number) => void) => {
    for (const n of range(from, to)) {
      await hub.to('a').data(n)
      between?.(n)
    }
  }

  it('that closes leaves the connection to another, at once and without a failure', async () => {
    const hub = useHub({}, 'a')
    const { open } = useBrowser(hub)
    const tabs = range(1, 4).map(() => open({ retry: { delay: 60_000, jitter: 'none' } }))
    const parts = tabs.map(({ client }) => record(client, 'a'))
    await Promise.all(parts.map((part) => part.until('open')))
    await burst(hub, 1, 60, (n) => {
      if (n % 20 === 10) tabs[Math.floor(n / 20)]!.client.close()
    })
    await parts[3]!.until('message:60')
    expect(heard(parts[3]!)).toEqual(range(1, 60).map(String))
    expect(parts[3]!.log).not.toContain('error:network')
    await vi.waitFor(() => expect(hub.connectionCount).toBe(1), patience)
  })

  it('that crashes in the middle of a burst costs nobody an event', async () => {
    const hub = useHub({}, 'a')
    const { open } = useBrowser(hub)
    const tabs = range(1, 5).map(() => open({ retry: { delay: 60_000, jitter: 'none' } }))
    const parts = tabs.map(({ client }) => record(client, 'a'))
    await Promise.all(parts.map((part) => part.until('open')))
    await burst(hub, 1, 100, (n) => {
      if (n === 33 || n === 66) tabs[n / 33 - 1]!.crash()
    })
    const alive = parts.slice(2)
    await Promise.all(alive.map((part) => part.until('message:100')))
    for (const part of alive) expect(heard(part)).toEqual(range(1, 100).map(String))
    await vi.waitFor(() => expect(hub.connectionCount).toBe(1), patience)
  })

  it('that is frozen is replaced, and when it wakes up it is none', async () => {
    const hub = useHub({}, 'a')
    const { open } = useBrowser(hub)
    const tabs = range(1, 3).map(() => open({ retry: { delay: 60_000, jitter: 'none' } }))
    const parts = tabs.map(({ client }) => record(client, 'a'))
    await Promise.all(parts.map((part) => part.until('open')))
    await burst(hub, 1, 10)
    await Promise.all(parts.map((part) => part.until('message:10')))
    const [leader] = tabs
    leader!.freeze()
    await burst(hub, 11, 20)
    for (let i = 0; i < 6; i++) {
      await vi.advanceTimersByTimeAsync(3000)
      await turns()
    }
    await Promise.all(parts.slice(1).map((part) => part.until('message:20')))
    await burst(hub, 21, 30)
    await Promise.all(parts.slice(1).map((part) => part.until('message:30')))
    leader!.wake()
    await burst(hub, 31, 40)
    await Promise.all(parts.map((part) => part.until('message:40')))
    for (const part of parts) expect(heard(part)).toEqual(range(1, 40).map(String))
    await vi.waitFor(() => expect(hub.connectionCount).toBe(1), patience)
    expect(requests(tabs)).toHaveLength(2)
  })

  it('that answers is not replaced', async () => {
    const hub = useHub({}, 'a')
    const { open } = useBrowser(hub)
    const tabs = range(1, 3).map(() => open())
    const parts = tabs.map(({ client }) => record(client, 'a'))
    await Promise.all(parts.map((part) => part.until('open')))
    for (let i = 0; i < 20; i++) {
      await vi.advanceTimersByTimeAsync(3000)
      await turns()
    }
    expect(requests(tabs)).toHaveLength(1)
    for (const { log } of parts) expect(log).toEqual(['open'])
  })

  it('forgets a tab that has crashed', async () => {
    const hub = useHub({}, 'a', 'b')
    const { open } = useBrowser(hub)
    const tabs = [open(), open()]
    const parts = tabs.map(({ client }, index) => record(client, index === 0 ? 'a' : 'b'))
    await Promise.all(parts.map((part) => part.until('open')))
    expect(hub.subscriberCount('b')).toBe(1)
    tabs[1]!.crash()
    await vi.waitFor(() => expect(hub.subscriberCount('b')).toBe(0), patience)
    expect(hub.subscriberCount('a')).toBe(1)
  })

  it('drops a tab that takes nothing, which resumes when it does', async () => {
    const hub = useHub()
    hub.channel('a', { history: { maxEvents: 1000, maxBytes: 64 * 1024 * 1024 } })
    const { open } = useBrowser(hub)
    const errors: string[] = []
    const tabs = [open(), open({ onError: ({ code }) => void errors.push(code) })]
    const parts = tabs.map(({ client }) => record(client, 'a'))
    await Promise.all(parts.map((part) => part.until('open')))
    tabs[1]!.freeze()
    const load = 'x'.repeat(32 * 1024)
    for (const n of range(1, 80)) {
      await hub.to('a').data({ n, load })
      await turns(1)
    }
    await vi.waitFor(() => expect(parts[0]!.subscription.data).toMatchObject({ n: 80 }), patience)
    expect(hub.subscriberCount('a')).toBe(1)
    tabs[1]!.wake()
    await vi.waitFor(() => expect(parts[1]!.subscription.data).toMatchObject({ n: 80 }), patience)
    expect(parts[1]!.log.filter((entry) => entry.startsWith('message'))).toHaveLength(80)
    expect(parts[1]!.log).not.toContain('gap:reset')
    expect(errors).toEqual(['network'])
  })
})

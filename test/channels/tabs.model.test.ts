import type { SSESubscription } from '@tidewire/client'
import { createSSEHub } from '@tidewire/server'
import fc from 'fast-check'
import { expect, it, vi } from 'vitest'
import { type BrowserTab, openBrowser, turns } from './useBrowserTabs.ts'

/** What happens, in some order, to tabs and channels that are picked out of those that there are. */
type Step =
  | { do: 'publish'; channel: number }
  | { do: 'subscribe'; tab: number; channel: number }
  | { do: 'close'; part: number }
  | { do: 'open' }
  | { do: 'wait' }
  | { do: 'time' }
  | { do: 'revoke' }
  | { do: 'quit' | 'crash' | 'cut' | 'reconnect' | 'freeze' | 'wake'; tab: number }
  | { do: 'answer'; post: number }

/** The last one retains its last event. */
const CHANNELS = ['c/0', 'c/1', 'c/2', 'last']
const RETAINED = 3
/** May be taken away. */
const REVOKED = 2

const channel = fc.nat(RETAINED)
const tab = fc.nat(5)
const one = <Name extends string>(...names: Name[]) => fc.constantFrom(...names)
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 16, arbitrary: fc.record({ do: one('publish'), channel }) },
  { weight: 10, arbitrary: fc.record({ do: one('subscribe'), tab, channel }) },
  { weight: 4, arbitrary: fc.record({ do: one('close'), part: fc.nat(9) }) },
  { weight: 12, arbitrary: fc.record({ do: one('wait') }) },
  { weight: 4, arbitrary: fc.record({ do: one('open', 'time') }) },
  { weight: 7, arbitrary: fc.record({ do: one('quit', 'crash', 'cut', 'reconnect', 'freeze', 'wake'), tab }) },
  { weight: 1, arbitrary: fc.record({ do: one('revoke') }) },
  { weight: 1, arbitrary: fc.record({ do: one('answer'), post: fc.constantFrom(0, 0, 404, 503) }) },
)

/** One part in a channel, and the numbers that it has heard; `gap` where it was told of a loss. */
interface Part {
  readonly tab: Place
  readonly channel: number
  /** The number that was the last one when it first heard that it is open. */
  openedAt: number | undefined
  readonly heard: (number | 'gap')[]
  isClosed: boolean
  /** Whether events may be missing of which nobody can be told. */
  isVoid: boolean
  /** What it shows. */
  readonly shown: () => unknown
  readonly close: () => void
}

interface Place extends BrowserTab {
  isFrozen: boolean
  isGone: boolean
}

async function play(steps: readonly Step[], history: number): Promise<void> {
  const hub = createSSEHub({ identify: () => 'ann' })
  hub.channel('c/:n', { history: { maxEvents: history } })
  hub.channel('last', { history: { maxEvents: history }, retain: 'last' })
  const browser = openBrowser(hub)
  const tabs: Place[] = []
  const parts: Part[] = []
  const published = CHANNELS.map(() => 0)
  let status = 0

  const open = () => {
    const made = browser.open({ identity: 'ann', retry: { delay: 0, maxAttempts: Infinity } })
    made.wire.intercept = (request) =>
      status > 0 && request.method === 'POST' ? new Response(null, { status }) : undefined
    tabs.push(Object.assign(made, { isFrozen: false, isGone: false }))
  }
  const publish = async (channel: number) => {
    published[channel] = (published[channel] ?? 0) + 1
    await hub.to(CHANNELS[channel] ?? '').data(published[channel])
  }
  const subscribe = (tab: Place, channel: number) => {
    const subscription: SSESubscription = tab.client.subscribe(CHANNELS[channel] ?? '', {
      onOpen: () => void (part.openedAt ??= published[channel]),
      onMessage: (n) => void part.heard.push(n as number),
      onGap: () => void part.heard.push('gap'),
      onClose: () => void (part.isClosed = true),
    })
    const { close } = subscription
    const shown = () => subscription.data
    const part: Part = { tab, channel, openedAt: undefined, heard: [], isClosed: false, isVoid: false, shown, close }
    parts.push(part)
  }
  const time = async () => {
    vi.advanceTimersByTime(3000)
    await turns()
  }

  async function take(one: Step): Promise<void> {
    const alive = tabs.filter(({ isGone }) => !isGone)
    const awake = alive.filter(({ isFrozen }) => !isFrozen)
    const pick = <T>(list: T[], index: number): T | undefined => list[index % Math.max(1, list.length)]
    if (one.do === 'publish') await publish(one.channel)
    else if (one.do === 'subscribe') {
      const tab = pick(awake, one.tab)
      if (tab && tab.client.status !== 'closed') subscribe(tab, one.channel)
    } else if (one.do === 'close') {
      const open = parts.filter(({ isClosed, tab }) => !isClosed && awake.includes(tab))
      pick(open, one.part)?.close()
    } else if (one.do === 'open') {
      if (alive.length < 6) open()
    } else if (one.do === 'wait') await turns()
    else if (one.do === 'time') await time()
    else if (one.do === 'revoke') {
      hub.revoke(CHANNELS[REVOKED] ?? '')
      // Its position is void, whether it is told or comes back before. PROTOCOL.md, 10.1.
      for (const part of parts) part.isVoid ||= part.channel === REVOKED
    } else if (one.do === 'answer') status = one.post
    else if (one.do === 'wake') {
      const frozen = alive.filter(({ isFrozen }) => isFrozen)
      const tab = pick(frozen, one.tab)
      tab?.wake()
      if (tab) tab.isFrozen = false
    } else {
      const tab = pick(awake, one.tab)
      if (!tab) return
      if (one.do === 'quit') tab.client.close()
      else if (one.do === 'crash') tab.crash()
      else if (one.do === 'cut') tab.wire.cut()
      else if (one.do === 'freeze') tab.freeze()
      else if (tab.client.status !== 'idle' && tab.client.status !== 'closed') tab.client.reconnect()
      tab.isGone = one.do === 'quit' || one.do === 'crash'
      tab.isFrozen = one.do === 'freeze'
    }
  }

  try {
    for (let i = 0; i < 3; i++) open()
    for (const one of steps) await take(one)
    status = 0
    for (const tab of tabs) {
      tab.isFrozen = false
      tab.wake()
    }
    const left = () => parts.filter(({ isClosed, tab }) => !isClosed && !tab.isGone)
    const settle = async (isBehind: (part: Part) => boolean) => {
      const limit = Date.now() + 10_000
      for (let i = 0; Date.now() < limit && left().some(isBehind); i++) await (i % 50 === 49 ? time() : turns())
      const behind = left().filter(isBehind)
      const told = behind.map(({ channel, heard, openedAt, tab }) => ({
        channel,
        heard,
        openedAt,
        tab: tabs.indexOf(tab),
      }))
      expect(told, 'parts that are behind').toEqual([])
    }
    await settle(({ openedAt }) => openedAt === undefined)
    // Whoever follows what is retained has the last of it, without anything new.
    const isOld = ({ shown, channel }: Part) => channel === RETAINED && (shown() ?? 0) !== published[channel]
    await settle(isOld)
    // The last number may be among those that are gone.
    const isBehind = ({ channel, heard }: Part) => heard.at(-1) !== published[channel] && heard.at(-1) !== 'gap'
    for (const channel of new Set(left().map((part) => part.channel))) await publish(channel)
    await settle((part) => isBehind(part) && !part.isVoid)
    // These may be on their way back, and then it is not for them.
    for (let i = 0; i < 200 && left().some(isBehind); i++) {
      await publish(REVOKED)
      await turns(20)
    }
    await settle(isBehind)
    for (const part of parts) check(part)
    const wanted = Math.min(1, left().length)
    await vi.waitFor(() => expect(hub.connectionCount).toBe(wanted), { timeout: 10_000, interval: 5 })
  } finally {
    browser.close()
    await vi.waitFor(async () => expect(await browser.locks()).toEqual([]), { timeout: 10_000, interval: 5 })
    await hub.close()
  }
}

/** From the moment it was open: everything, once, in order, or word of a gap. */
function check({ heard, openedAt, isClosed, isVoid, channel, tab }: Part): void {
  let last: number | undefined
  let isTold = isVoid
  for (const n of heard) {
    if (n === 'gap') {
      isTold = true
      continue
    }
    const all = JSON.stringify(heard)
    if (last !== undefined) {
      // A retained value comes again where the connection was lost before its end. PROTOCOL.md, 8.1.
      expect(n, `doubled in ${all}`).toBeGreaterThan(channel === RETAINED ? last - 1 : last)
      if (!isTold) expect(n, `a hole in ${all}`).toBeLessThanOrEqual(last + 1)
    } else if (openedAt !== undefined && !isTold && !isClosed && !tab.isGone) {
      expect(n, `a hole at the beginning of ${all}`).toBeLessThanOrEqual(openedAt + 1)
    }
    last = n
    isTold = isVoid
  }
}

it('loses nothing in silence and doubles nothing, whatever happens to the tabs', async () => {
  await fc.assert(fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 80 }), fc.constantFrom(3, 1000), play), {
    numRuns: Number(process.env['RUNS'] ?? 60),
    ...(process.env['SEED'] && { seed: Number(process.env['SEED']) }),
  })
}, 600_000)

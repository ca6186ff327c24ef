import { hydrate } from '@tanstack/query-core'
import { expect, vi } from 'vitest'
import { useWire } from '../../channels/useHubClient.ts'
import { ModelPage, type PageSettings } from './page.ts'
import { keyOf, type Outcome, type Way } from './queries.ts'
import { Shop } from './shop.ts'
import type { QueryName, Step } from './steps.ts'

/** What is the same for all steps of a run. */
export interface Setting {
  readonly way: Way
  readonly history: number
  readonly retain: boolean
  /** How many rows there are at first. */
  readonly rows: number
  /** How many fetches are enough. */
  readonly maxFetches?: number
  readonly queries: readonly QueryName[]
  readonly isVersioned: boolean
  /** Whether the page looks at its queries only after somebody else has followed their channel for a while. */
  readonly isLate: boolean
}

/** Plays some steps. Returns what each query shows once nothing happens any more, beside what is true. */
export async function play(steps: readonly Step[], setting: Setting): Promise<[QueryName, Outcome][]> {
  const shop = new Shop(setting.history, setting.retain)
  const wire = useWire({ fetch: (request) => shop.hub.fetch(request) })
  const settings: PageSettings = { ...setting, shop, wire }
  for (let i = 0; i < setting.rows; i++) shop.write(String(i))
  await shop.settled()
  let page = new ModelPage(settings)
  try {
    if (setting.isLate) {
      page.toggleOther()
      // So that a cache between has something to answer with.
      await page.render()
      await pass(20)
      shop.write('0')
      await pass(20)
      if (setting.way === 'ours') shop.old = setting.queries.length
    }
    page.mountAll()
    await pass(20)
    for (const one of steps) {
      page = await take(one, page, settings)
      await Promise.resolve()
    }
    await calmDown(page, settings)
    if (setting.way.startsWith('ours')) {
      expect(page.statuses(), 'not live').toEqual(setting.queries.map(() => 'live'))
      const { fetches } = shop
      expect(fetches, 'fetches').toBeLessThanOrEqual(setting.maxFetches ?? Infinity)
      await vi.advanceTimersByTimeAsync(90_000)
      expect(shop.fetches, 'fetched while nothing happens').toBe(fetches)
      if (isSteady(steps, setting)) expect(page.setBacks, 'set back').toEqual([])
    }
    return page.outcomes()
  } finally {
    page.close()
    await shop.close()
    await vi.advanceTimersByTimeAsync(2000)
  }
}

/** Whether nothing is shown that may have to be taken back: ahead of the server, or from before what is known. */
function isSteady(steps: readonly Step[], { way, isLate, isVersioned, history }: Setting): boolean {
  const unsteady: readonly string[] = ['mutate', 'old', 'visit', 'restore', 'reload', 'restart']
  // What is told late of a row may be older than what was fetched, where it does not say its version.
  const late = isVersioned ? [] : steps.filter((one) => one.do === 'write' && one.delay > 0)
  const isToldOfOld = late.some((one) => steps.some((two) => two.do === 'write' && two !== one && isOfRow(two, one)))
  return way === 'ours' && !isLate && !isToldOfOld && history > 100 && !steps.some((one) => unsteady.includes(one.do))
}

function isOfRow(one: Step, other: Step): boolean {
  return 'row' in one && 'row' in other && one.row === other.row
}

/** Lets time pass in small steps, between each of which others have their turn. */
async function pass(time: number): Promise<void> {
  for (let i = 0; i < time; i++) await vi.advanceTimersByTimeAsync(1)
}

async function take(one: Step, page: ModelPage, settings: PageSettings): Promise<ModelPage> {
  const { shop, wire } = settings
  const { queryClient, client } = page
  if (one.do === 'write') shop.write(String(one.row), one.delay)
  else if (one.do === 'remove') shop.remove(String(one.row))
  else if (one.do === 'wait') await (one.time > 100 ? vi.advanceTimersByTimeAsync(one.time) : pass(one.time))
  else if (one.do === 'refetch') void page.observerOf(one.query)?.refetch({ cancelRefetch: false })
  else if (one.do === 'invalidate') void queryClient.invalidateQueries({ queryKey: keyOf(one.query) })
  else if (one.do === 'cancel') void queryClient.cancelQueries({ queryKey: keyOf(one.query) })
  else if (one.do === 'reset') void queryClient.resetQueries({ queryKey: keyOf(one.query) })
  else if (one.do === 'mount') page.mount(one.query)
  else if (one.do === 'unmount') page.unmount(one.query)
  else if (one.do === 'remount') page.remount(one.query)
  else if (one.do === 'mutate') page.mutate(one)
  else if (one.do === 'cut') wire.cut()
  else if (one.do === 'hold') shop.isHeld = true
  else if (one.do === 'stall') shop.isStalled = true
  else if (one.do === 'release') {
    shop.isHeld = false
    shop.isStalled = false
    shop.release()
  } else if (one.do === 'old') shop.old++
  else if (one.do === 'fail') shop.failing++
  else if (one.do === 'pause') client.pause()
  else if (one.do === 'resume') client.resume()
  else if (one.do === 'more') void page.observerOf('pages')?.fetchNextPage?.({ cancelRefetch: false })
  else if (one.do === 'focus') queryClient.getQueryCache().onFocus()
  else if (one.do === 'follow') page.toggleOther()
  else if (one.do === 'restart') {
    shop.restart()
    await shop.settledIn(vi.advanceTimersByTimeAsync)
    wire.cut()
  } else if (one.do === 'lose') {
    // More than is kept, where little is.
    wire.cut()
    for (let i = 0; i < 5; i++) shop.write('0')
  } else if (one.do === 'reload') {
    const state = page.keep()
    page.close()
    const next = new ModelPage(settings, state)
    next.mountAll()
    return next
  } else {
    // It arrives some time after it was rendered.
    const rendered = shop.isHeld || shop.isStalled ? undefined : await page.render()
    if (rendered && one.do === 'visit') setTimeout(() => hydrate(page.queryClient, rendered), 15)
    if (rendered && one.do === 'restore') setTimeout(() => page.restore(rendered), 100)
  }
  return page
}

/** Nothing goes wrong any more, everything is looked at, and there is time. */
async function calmDown(page: ModelPage, { shop, queries }: PageSettings): Promise<void> {
  shop.isHeld = false
  shop.isStalled = false
  shop.old = 0
  shop.failing = 0
  page.client.resume()
  page.mountAll()
  for (let i = 0; i < 20; i++) {
    shop.release()
    await vi.advanceTimersByTimeAsync(500)
  }
  await shop.settled()
  // What has never come is not for us to ask for: a user tries again.
  for (const name of queries) {
    const observer = page.observerOf(name)
    const { data, fetchStatus } = observer?.getCurrentResult() ?? {}
    if (data === undefined && fetchStatus === 'idle') void observer?.refetch()
  }
  for (let i = 0; i < 20; i++) await vi.advanceTimersByTimeAsync(5000)
}

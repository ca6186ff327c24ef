import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type FakePage, stubPage } from '../test/fakePage.ts'
import { type Surroundings, watchEnvironment } from './environment.ts'

let page: FakePage
let log: string[]
let leaving: (() => void)[]

beforeEach(() => {
  vi.useFakeTimers({ now: 0 })
  page = stubPage()
  log = []
  leaving = []
})

afterEach(() => {
  for (const leave of leaving) leave()
  expect(page.listenerCount).toBe(0)
  expect(vi.getTimerCount()).toBe(0)
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

const member = (name = ''): Surroundings => ({
  pause: (reason) => log.push(`${name}pause ${reason}`),
  resume: (reason) => log.push(`${name}resume ${reason}`),
  onHidden: (isHidden) => log.push(`${name}${isHidden ? 'hidden' : 'shown'}`),
  onWake: () => log.push(`${name}wake`),
})

function watch(name?: string): () => void {
  const leave = watchEnvironment(member(name))
  leaving.push(leave)
  return leave
}

/** The machine sleeps: time goes by, and no timer runs. */
function sleep(milliseconds: number): void {
  vi.setSystemTime(Date.now() + milliseconds)
}

describe('the network', () => {
  it('pauses while it is gone', () => {
    watch()
    page.tellWindow('offline')
    page.tellWindow('online')
    expect(log).toEqual(['pause offline', 'resume offline'])
  })
})

describe('the page', () => {
  it('pauses where it is kept for the way back, and not where it is left for good', () => {
    watch()
    page.turn('pagehide', false)
    expect(log).toEqual([])
    page.turn('pagehide', true)
    page.turn('pageshow', true)
    expect(log).toEqual(['pause frozen', 'resume frozen'])
  })

  it('pauses where it is frozen', () => {
    watch()
    page.tellDocument('freeze')
    page.tellDocument('resume')
    expect(log).toEqual(['pause frozen', 'resume frozen'])
  })

  it('tells when it is hidden and shown', () => {
    watch()
    page.hide()
    page.show()
    expect(log).toEqual(['hidden', 'shown'])
  })

  it('tells whoever comes while it is hidden', () => {
    page.hide()
    watch()
    expect(log).toEqual(['hidden'])
  })

  it('tells nobody who comes while it is shown', () => {
    watch()
    expect(log).toEqual([])
  })
})

describe('sleep', () => {
  it('is told when a timer comes much too late, once', () => {
    watch()
    sleep(3_600_000)
    vi.advanceTimersByTime(10_000)
    expect(log).toEqual(['wake'])
    vi.advanceTimersByTime(100_000)
    expect(log).toEqual(['wake'])
  })

  it('is not a timer that is a little late, as under load', () => {
    watch()
    sleep(15_000)
    vi.advanceTimersByTime(10_000)
    expect(log).toEqual([])
  })

  it('is not a clock that was set back', () => {
    watch()
    sleep(-3_600_000)
    vi.advanceTimersByTime(30_000)
    expect(log).toEqual([])
  })

  it('is told at once when the page is shown', () => {
    watch()
    page.hide()
    sleep(3_600_000)
    page.show()
    expect(log).toEqual(['hidden', 'wake', 'shown'])
  })

  it('is not that timers of a hidden page are held back for a minute', () => {
    watch()
    page.hide()
    for (let minute = 0; minute < 5; minute++) {
      sleep(50_000)
      vi.advanceTimersByTime(10_000)
    }
    expect(log).toEqual(['hidden'])
  })

  it('is not that they were held back until the page was shown', () => {
    watch()
    page.hide()
    vi.advanceTimersByTime(10_000)
    sleep(59_000)
    page.show()
    vi.advanceTimersByTime(20_000)
    expect(log).toEqual(['hidden', 'shown'])
  })

  it('is told of a hidden page, too, where it was longer', () => {
    watch()
    page.hide()
    sleep(120_000)
    vi.advanceTimersByTime(10_000)
    expect(log).toEqual(['hidden', 'wake'])
  })
})

describe('who watches', () => {
  it('hears nothing before, and nothing after', () => {
    page.tellWindow('offline')
    const leave = watch()
    leave()
    page.tellWindow('offline')
    page.tellDocument('freeze')
    page.hide()
    sleep(3_600_000)
    vi.advanceTimersByTime(10_000)
    expect(log).toEqual([])
  })

  it('is called beside all others, until it leaves by itself', () => {
    const leave = watch('a ')
    watch('b ')
    page.tellWindow('offline')
    leave()
    leave()
    page.tellWindow('online')
    expect(log).toEqual(['a pause offline', 'b pause offline', 'b resume offline'])
  })

  it('costs one timer and one set of listeners, however many there are', () => {
    watch()
    const { listenerCount } = page
    for (let i = 0; i < 100; i++) watch()
    expect(page.listenerCount).toBe(listenerCount)
    expect(vi.getTimerCount()).toBe(1)
  })

  it('may come back after the last has left', () => {
    watch()()
    expect(page.listenerCount).toBe(0)
    expect(vi.getTimerCount()).toBe(0)
    watch()
    page.tellWindow('offline')
    expect(log).toEqual(['pause offline'])
  })
})

describe('outside of browsers', () => {
  it('only sleep is told of', () => {
    vi.unstubAllGlobals()
    watch()
    sleep(3_600_000)
    vi.advanceTimersByTime(10_000)
    expect(log).toEqual(['wake'])
  })
})

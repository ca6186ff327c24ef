import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { createStore } from './store.ts'

beforeEach(() => {
  vi.useFakeTimers()
})

afterEach(() => {
  vi.runAllTimers()
  vi.useRealTimers()
  vi.restoreAllMocks()
})

it('changes now and publishes in the next frame', () => {
  const store = createStore({ a: 0, b: 0 })
  const before = store.getSnapshot()
  store.set({ a: 1 })
  expect(store.current).toEqual({ a: 1, b: 0 })
  expect(store.getSnapshot()).toBe(before)
  vi.advanceTimersByTime(50)
  expect(store.getSnapshot()).toEqual({ a: 1, b: 0 })
})

it('publishes many changes at once, and the same object until the next', () => {
  const store = createStore({ a: 0 })
  const listener = vi.fn()
  store.subscribe(listener)
  for (let a = 1; a <= 500; a++) store.set({ a })
  vi.advanceTimersByTime(50)
  expect(listener).toHaveBeenCalledTimes(1)
  const snapshot = store.getSnapshot()
  expect(snapshot).toEqual({ a: 500 })
  vi.advanceTimersByTime(1000)
  expect(store.getSnapshot()).toBe(snapshot)
  expect(listener).toHaveBeenCalledTimes(1)
})

it('publishes at once when it is told to, and not a second time in the frame', () => {
  const store = createStore({ a: 0 })
  const listener = vi.fn()
  store.subscribe(listener)
  store.set({ a: 1 })
  store.flush()
  expect(store.getSnapshot()).toEqual({ a: 1 })
  vi.advanceTimersByTime(50)
  expect(listener).toHaveBeenCalledTimes(1)
})

it('calls a listener that is subscribed twice twice, and each time until its own end', () => {
  const store = createStore({ a: 0 })
  const listener = vi.fn()
  const off = store.subscribe(listener)
  store.subscribe(listener)
  off()
  off()
  store.set({ a: 1 })
  store.flush()
  expect(listener).toHaveBeenCalledTimes(1)
})

it('survives a listener that subscribes anew, or takes out another', () => {
  const store = createStore({ a: 0 })
  const calls: string[] = []
  let off = store.subscribe(renew)
  function renew() {
    calls.push('renew')
    off()
    off = store.subscribe(renew)
    offOther()
  }
  const offOther = store.subscribe(() => calls.push('other'))
  store.set({ a: 1 })
  store.flush()
  expect(calls).toEqual(['renew'])
})

it('reports a listener that throws, and calls the others', () => {
  const report = vi.spyOn(console, 'error').mockReturnValue()
  const store = createStore({ a: 0 })
  const listener = vi.fn()
  const failure = new Error('render')
  store.subscribe(() => {
    throw failure
  })
  store.subscribe(listener)
  store.set({ a: 1 })
  store.flush()
  expect(report).toHaveBeenCalledExactlyOnceWith(failure)
  expect(listener).toHaveBeenCalledTimes(1)
})

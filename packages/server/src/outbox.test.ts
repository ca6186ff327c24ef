import { beforeEach, describe, expect, it } from 'vitest'
import { HIGH_WATER_MARK, MAX_WAITING_SENDS, Outbox } from './outbox.ts'
import type { Sink } from './sink.ts'

const MAX_SIZE = 100

/** A reader that takes when it is told to. */
class ScriptedSink implements Sink {
  ready = true
  bufferedSize = 0
  readonly chunks: string[] = []
  readonly closed = new Promise<void>(() => {})
  ends = 0

  write(text: string): void {
    this.chunks.push(text)
    this.ready = false
  }

  writeShared(): void {
    throw new Error('An outbox shares nothing.')
  }

  end(): void {
    this.ends++
  }

  cutOff(): void {
    throw new Error('An outbox does not cut off.')
  }
}

let sink: ScriptedSink
let outbox: Outbox

beforeEach(() => {
  sink = new ScriptedSink()
  outbox = new Outbox(sink, MAX_SIZE)
})

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

/** Lets the reader take one chunk. */
async function take(): Promise<string | undefined> {
  const { length } = sink.chunks
  sink.ready = true
  outbox.wake()
  await turn()
  return sink.chunks[length]
}

async function stall(): Promise<void> {
  outbox.offer('first;')
  await turn()
  expect(outbox.isStalled).toBe(true)
}

describe('an outbox', () => {
  it('hands on what came in one turn as one chunk', async () => {
    outbox.offer('a')
    outbox.offer('b')
    await Promise.resolve()
    void outbox.push('c')
    expect(sink.chunks).toEqual([])
    await turn()
    expect(sink.chunks).toEqual(['abc'])
  })

  it('hands on one chunk per readiness', async () => {
    await stall()
    outbox.offer('a')
    outbox.offer('b')
    await turn()
    expect(sink.chunks).toEqual(['first;'])
    expect(await take()).toBe('ab')
    expect(await take()).toBeUndefined()
  })

  it('takes no frame that would exceed its size', async () => {
    await stall()
    expect(outbox.offer('x'.repeat(60))).toBe(true)
    expect(outbox.offer('y'.repeat(41))).toBe(false)
    expect(outbox.offer('y'.repeat(40))).toBe(true)
    expect(outbox.offer('z')).toBe(false)
    expect(await take()).toBe('x'.repeat(60) + 'y'.repeat(40))
    expect(outbox.offer('z')).toBe(true)
  })

  it('counts bytes, not characters', () => {
    expect(outbox.offer('é'.repeat(51))).toBe(false)
    expect(outbox.offer('😀'.repeat(26))).toBe(false)
    expect(outbox.offer('😀'.repeat(25))).toBe(true)
  })

  it('counts what its sink still holds', () => {
    sink.bufferedSize = 90
    expect(outbox.offer('x'.repeat(11))).toBe(false)
    expect(outbox.offer('x'.repeat(10))).toBe(true)
  })

  it('lets sends wait for room in the order in which they came', async () => {
    await stall()
    const settled: string[] = []
    for (const name of ['a', 'b', 'c']) void outbox.push(name.repeat(60)).then(() => settled.push(name))
    await turn()
    expect(settled).toEqual(['a'])
    expect(await take()).toBe('a'.repeat(60))
    expect(settled).toEqual(['a', 'b'])
    expect(await take()).toBe('b'.repeat(60))
    expect(await take()).toBe('c'.repeat(60))
    expect(settled).toEqual(['a', 'b', 'c'])
  })

  it('offers nothing past a send that waits', async () => {
    await stall()
    outbox.offer('x'.repeat(90))
    void outbox.push('waits'.repeat(4))
    expect(outbox.offer('y')).toBe(false)
    await take()
    expect(outbox.offer('y')).toBe(true)
    expect(await take()).toBe(`${'waits'.repeat(4)}y`)
  })

  it('takes a frame larger than itself once it is empty', async () => {
    await stall()
    outbox.offer('a')
    const large = 'x'.repeat(MAX_SIZE * 10)
    const sent = outbox.push(large)
    expect(await take()).toBe('a')
    expect(await take()).toBeUndefined()
    expect(await take()).toBe(large)
    await sent
  })

  it('takes such a frame when its sink is ready again, though that holds bytes still', async () => {
    await stall()
    sink.bufferedSize = MAX_SIZE
    const sent = outbox.push('x'.repeat(50))
    expect(await take()).toBeUndefined()
    expect(await take()).toBe('x'.repeat(50))
    await sent
  })

  it('holds a producer back from the high-water mark until its reader takes', async () => {
    outbox = new Outbox(sink, HIGH_WATER_MARK * 4)
    await stall()
    let isSettled = false
    void outbox.push('x'.repeat(HIGH_WATER_MARK)).then(() => (isSettled = true))
    await turn()
    expect(isSettled).toBe(false)
    await take()
    expect(isSettled).toBe(true)
  })

  it('bounds the sends that wait', async () => {
    outbox = new Outbox(sink, MAX_WAITING_SENDS * 2)
    await stall()
    outbox.offer('x'.repeat(MAX_WAITING_SENDS * 2))
    const sends = Array.from({ length: MAX_WAITING_SENDS }, () => outbox.push('a'))
    expect(() => outbox.push('b')).toThrow(expect.objectContaining({ name: 'SSEError', code: 'overflow' }))
    await take()
    await take()
    await Promise.all(sends)
  })

  it('bounds what they hold to its size and one frame', async () => {
    await stall()
    outbox.offer('x'.repeat(MAX_SIZE))
    void outbox.push('é'.repeat(MAX_SIZE / 2 - 1))
    void outbox.push('y'.repeat(MAX_SIZE * 5))
    expect(() => outbox.push('z')).toThrow(expect.objectContaining({ name: 'SSEError', code: 'overflow' }))
    for (let count = 0; count < 3; count++) await take()
    const sent = outbox.push('z')
    expect(await take()).toBe('y'.repeat(MAX_SIZE * 5))
    await sent
    expect(await take()).toBe('z')
  })
})

describe('an outbox that ends', () => {
  it('lets all that it took leave first, the waiting sends too', async () => {
    await stall()
    outbox.offer('x'.repeat(MAX_SIZE))
    const sent = outbox.push('waiting;')
    outbox.end('bye')
    await sent
    expect(sink.ends).toBe(0)
    expect(await take()).toBe('x'.repeat(MAX_SIZE))
    expect(await take()).toBe('waiting;bye')
    expect(sink.ends).toBe(0)
    await take()
    expect(sink.ends).toBe(1)
  })

  it('joins no frames beyond its size, as no string would hold them all', async () => {
    await stall()
    const large = 'x'.repeat(MAX_SIZE * 3)
    const sent = [outbox.push(large)]
    await take()
    const small = 'y'.repeat(MAX_SIZE - 1)
    sent.push(outbox.push(small), outbox.push(large))
    outbox.end('bye')
    await Promise.all(sent)
    for (let count = 0; count < 8; count++) await take()
    expect(sink.chunks).toEqual(['first;', large, small, large, 'bye'])
    expect(sink.ends).toBe(1)
  })

  it('lets a producer go that waits for room', async () => {
    outbox = new Outbox(sink, HIGH_WATER_MARK * 2)
    await stall()
    const sent = outbox.push('x'.repeat(HIGH_WATER_MARK))
    outbox.end('')
    await expect(sent).resolves.toBeUndefined()
  })

  it('takes nothing more', async () => {
    outbox.end('bye')
    expect(outbox.offer('a')).toBe(false)
    expect(() => outbox.push('a')).toThrow(expect.objectContaining({ name: 'SSEError', code: 'closed' }))
    await turn()
    expect(sink.chunks).toEqual(['bye'])
  })

  it('drops everything when it is aborted, and rejects what waits', async () => {
    await stall()
    outbox = new Outbox(sink, HIGH_WATER_MARK * 2)
    const sends = [outbox.push('x'.repeat(HIGH_WATER_MARK)), outbox.push('y'.repeat(HIGH_WATER_MARK * 2))]
    outbox.abort()
    for (const sent of sends) await expect(sent).rejects.toMatchObject({ name: 'SSEError', code: 'closed' })
    await take()
    expect(sink).toMatchObject({ chunks: ['first;'], ends: 1 })
  })

  it('is aborted on its way out by a reader that leaves', async () => {
    await stall()
    outbox.end('bye')
    outbox.abort()
    outbox.abort()
    await take()
    expect(sink).toMatchObject({ chunks: ['first;'], ends: 1 })
  })
})

import { describe, expect, it } from 'vitest'
import { Wire } from '../../test/hubModel/wire.ts'
import { turn } from '../../test/readStream.ts'
import { SharedText } from '../sharedText.ts'
import { EventFrame } from './eventFrame.ts'
import { FrameQueue } from './frameQueue.ts'
import { boundsOf } from './readerBounds.ts'

let seq = 0

/** An event whose key is the first word of its payload. */
function eventOf(data: string): EventFrame {
  const entry = { seq: ++seq, prev: 0, channel: 'news', event: 'message', data }
  return new EventFrame(entry, 'epoch', { coalesce: ({ data }) => data.split(' ')[0] })
}

/** A queue of a reader that takes something when the test says so. */
function makeQueue(maxBufferSize = Infinity) {
  const wire = new Wire(1)
  let coalesced = 0
  let overflowed = 0
  const reader = {
    onOverflow: () => void overflowed++,
    onDrop() {},
    onDrained() {},
    onCoalesce: () => void coalesced++,
  }
  const queue = new FrameQueue(wire, 'plain', boundsOf(maxBufferSize), reader)
  wire.writer = { wake: () => queue.wake(), abort: () => queue.abort() }
  const taken = async () => {
    let text = ''
    for (let count = 0; count < 3; count++) {
      await turn()
      text += Buffer.from(wire.take(Infinity)).toString()
    }
    return [...text.matchAll(/^data: (.*)$/gm)].map(([, data]) => data)
  }
  return { queue, taken, coalesced: () => coalesced, overflowed: () => overflowed }
}

describe('events with a key', () => {
  it('give way to newer ones, which wait at the tail', async () => {
    const { queue, taken, coalesced } = makeQueue()
    for (const data of ['first', 'a 1', 'b 1', 'c 1', 'a 2', 'b 2', 'a 3']) queue.offer(eventOf(data))
    expect(coalesced()).toBe(3)
    expect(await taken()).toEqual(['first', 'c 1', 'b 2', 'a 3'])
  })

  it('take as long to give way however many wait', () => {
    const COUNT = 30_000
    const { queue, coalesced } = makeQueue()
    queue.offer(eventOf('first'))
    for (let index = 0; index < COUNT; index++) queue.offer(eventOf(`${index} a`))
    const frames = Array.from({ length: COUNT }, (_, index) => eventOf(`${index} b`))
    const start = performance.now()
    for (const frame of frames) queue.offer(frame)
    expect(coalesced()).toBe(COUNT)
    // Each was the oldest that waits: looked for among all, this takes many seconds.
    expect(performance.now() - start).toBeLessThan(3_000)
  })
})

describe('what the hub says', () => {
  it('counts by itself: no event before it, however large, makes it too much', () => {
    const { queue, overflowed } = makeQueue(1_000)
    queue.offer(eventOf('x'.repeat(1_000_000)))
    queue.push(new SharedText('x'.repeat(1_000_000)))
    for (let count = 0; count < 200; count++) queue.say(new SharedText('x'.repeat(1_000)))
    expect(overflowed()).toBe(0)
    for (let count = 0; count < 200; count++) queue.say(new SharedText('x'.repeat(1_000)))
    expect(overflowed()).toBeGreaterThan(0)
  })

  it('is no longer too much when some of it has left, or has given way', async () => {
    const { queue, taken, overflowed } = makeQueue(1_000)
    const words = () => {
      for (let count = 0; count < 200; count++) queue.say(new SharedText('data: word\n\n'.repeat(100)))
    }
    words()
    await taken()
    words()
    for (let count = 0; count < 1_000; count++) queue.say(new SharedText('x'.repeat(10_000)), 'key')
    expect(overflowed()).toBe(0)
  })
})

import fc from 'fast-check'
import { expect, it } from 'vitest'
import { SharedText } from '../sharedText.ts'
import { WaitingFrames } from './waitingFrames.ts'

function isSaid(text: string): boolean {
  return text.endsWith('1')
}

function frame(text: string, key?: string) {
  return { text: new SharedText(text), frame: undefined, key, isSaid: isSaid(text) }
}

const key = fc.constantFrom('a', 'b', 'c', 'd')

interface Item {
  readonly text: string
  readonly key: string | undefined
}

/** What the frames are to be: a list that is searched. */
class PlainList {
  items: Item[] = []

  remove(key: string | undefined): Item | undefined {
    const index = key === undefined ? -1 : this.items.findIndex((item) => item.key === key)
    return index < 0 ? undefined : this.items.splice(index, 1)[0]
  }

  take(maxLength: number): Item[] {
    let length = 0
    const end = this.items.findIndex(({ text }, index) => (length += text.length) > maxLength && index > 0)
    return this.items.splice(0, end < 0 ? Infinity : end)
  }
}

const step = fc.oneof(
  fc.record({ add: fc.option(key, { nil: undefined }) }),
  fc.record({ remove: key }),
  fc.record({ take: fc.nat({ max: 30 }) }),
)

it('holds what a plain list holds, in its order', () =>
  fc.assert(
    fc.property(fc.array(step, { maxLength: 300, size: 'max' }), (steps) => {
      const frames = new WaitingFrames()
      const list = new PlainList()
      for (const [index, step] of steps.entries()) {
        const key = 'add' in step ? step.add : 'remove' in step ? step.remove : undefined
        const maxLength = 'take' in step ? step.take : 0
        const removed = key === undefined ? undefined : frames.remove(key)
        expect(removed?.text.text).toBe(list.remove(key)?.text)
        if ('add' in step) {
          frames.add(frame(`ä${index}`, key))
          list.items.push({ text: `ä${index}`, key })
        }
        const isTaken = 'take' in step
        const taken = isTaken ? frames.take(maxLength) : []
        expect(taken.map(({ text }) => text)).toEqual((isTaken ? list.take(maxLength) : []).map(({ text }) => text))
        const { length } = list.items
        const said = list.items.filter(({ text }) => isSaid(text))
        expect(frames.isEmpty).toBe(length === 0)
        expect(frames.size).toBe(Buffer.byteLength(list.items.map(({ text }) => text).join('')))
        expect(frames.saidSize).toBe(Buffer.byteLength(said.map(({ text }) => text).join('')))
        expect(frames.placeCount).toBeLessThanOrEqual(Math.max(2 * length, length + 33))
      }
    }),
  ))

it('closes up behind what gave way, however long nothing is taken', () => {
  const frames = new WaitingFrames()
  frames.add(frame('first'))
  for (let index = 0; index < 100_000; index++) {
    frames.remove('key')
    frames.add(frame(`${index}`, 'key'))
  }
  expect(frames.placeCount).toBeLessThan(100)
  expect(frames.take(Infinity).map(({ text }) => text)).toEqual(['first', '99999'])
})

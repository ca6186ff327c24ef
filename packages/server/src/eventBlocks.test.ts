import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import { EventBlocks } from './eventBlocks.ts'

const BLOCK_END = /(?:\r\n|\n|\r(?!\n))(?:\r\n|\n|\r)/g
const MAX_SIZE = 40

/** Says the same by searching all that it has, each time. */
class PlainBlocks {
  readonly #decoder = new TextDecoder()
  #rest = ''

  add(bytes: Uint8Array): string {
    const text = this.#rest + this.#decoder.decode(bytes, { stream: true })
    const end = [...text.matchAll(BLOCK_END)].reduce((_, { index, 0: match }) => index + match.length, 0)
    this.#rest = text.slice(end)
    if (this.#rest.length > MAX_SIZE) throw new RangeError('above the bound')
    return text.slice(0, end)
  }
}

/** What each piece gives; it ends with false where the bound was met. */
function cut(blocks: { add(bytes: Uint8Array): string }, pieces: readonly Uint8Array[]): (string | false)[] {
  const given: (string | false)[] = []
  for (const piece of pieces) {
    try {
      given.push(blocks.add(piece))
    } catch {
      return [...given, false]
    }
  }
  return given
}

const text = fc.string({ unit: fc.constantFrom('\r', '\n', '\r\n', 'a', 'data: x', 'é', '𝄞', '\uFEFF'), maxLength: 40 })
const sizes = fc.array(fc.integer({ min: 0, max: 6 }), { minLength: 1, maxLength: 12 })

describe('event blocks', () => {
  it('are cut where they end, whatever the pieces in which they come', () => {
    fc.assert(
      fc.property(text, sizes, (whole, lengths) => {
        const bytes = new TextEncoder().encode(whole)
        const pieces: Uint8Array[] = []
        for (let start = 0, turn = 0; start < bytes.length && turn < 400; turn++) {
          const length = lengths[turn % lengths.length]!
          pieces.push(bytes.subarray(start, start + length))
          start += length
        }
        expect(cut(new EventBlocks(MAX_SIZE), pieces)).toEqual(cut(new PlainBlocks(), pieces))
      }),
      { numRuns: 2000 },
    )
  })

  it('are searched for in what is new, not again in all that waits for its end', () => {
    const search = vi.spyOn(RegExp.prototype, 'test')
    const blocks = new EventBlocks(10_000)
    const piece = new TextEncoder().encode('x')
    for (let count = 0; count < 10_000; count++) blocks.add(piece)
    const searched = search.mock.calls.reduce((sum, [{ length }]) => sum + length, 0)
    search.mockRestore()
    expect(searched).toBeLessThanOrEqual(30_000)
    expect(blocks.add(new TextEncoder().encode('\n\n')), 'and are whole').toBe(`${'x'.repeat(10_000)}\n\n`)
  })
})

import { expect, it } from 'vitest'
import { getOrigin } from './index.ts'

it('reads the header of either kind of request', () => {
  expect(getOrigin(new Request('http://a/', { headers: { 'Tidewire-Origin': 'tab-1' } }))).toBe('tab-1')
  expect(getOrigin({ headers: { 'tidewire-origin': 'tab-1' } })).toBe('tab-1')
})

it('is undefined where there is none, or none that could be one', () => {
  expect(getOrigin(new Request('http://a/'))).toBeUndefined()
  for (const origin of ['', 'a b', 'x'.repeat(65), '<script>']) {
    expect(getOrigin({ headers: { 'tidewire-origin': origin } })).toBeUndefined()
  }
})

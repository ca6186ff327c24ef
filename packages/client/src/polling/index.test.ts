import * as entry from '@tidewire/client/polling'
import { expect, it } from 'vitest'

it('exports these names and no others', () => {
  expect(Object.keys(entry)).toEqual(['polling'])
})

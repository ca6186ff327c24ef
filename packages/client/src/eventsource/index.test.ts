import * as entry from '@tidewire/client/eventsource'
import { expect, it } from 'vitest'

it('exports these names and no others', () => {
  expect(Object.keys(entry)).toEqual(['eventSource'])
})

import * as testing from '@tidewire/client/testing'
import { expect, it } from 'vitest'

it('exports these names and no others', () => {
  expect(Object.keys(testing).toSorted()).toEqual(['createTestTransport'])
})

import * as testing from '@tidewire/server/testing'
import { expect, it } from 'vitest'

it('exports these names and no others', () => {
  expect(Object.keys(testing).toSorted()).toEqual(['createStalledReader', 'describeLog', 'readEvents'])
})

import { expect, it } from 'vitest'
import * as tabs from './index.ts'

it('exports these names and no others', () => {
  expect(Object.keys(tabs).toSorted()).toEqual(['shareInBrowser'])
})

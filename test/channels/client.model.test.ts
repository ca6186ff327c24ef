import fc from 'fast-check'
import { it } from 'vitest'
import { modelProperty } from './clientModel/property.ts'

it('loses nothing in silence and doubles nothing, whatever happens on the way', { timeout: 60_000 }, () =>
  fc.assert(modelProperty(), { numRuns: 150 }),
)

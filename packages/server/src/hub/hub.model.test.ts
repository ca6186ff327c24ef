import fc from 'fast-check'
import { it } from 'vitest'
import { modelProperty } from '../../test/hubModel/property.ts'

it('gives every reader all that it was promised, in order and once, whatever happens', { timeout: 60_000 }, () =>
  fc.assert(modelProperty(), { numRuns: 1000 }),
)

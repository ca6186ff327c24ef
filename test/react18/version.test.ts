import { version } from 'react'
import { version as versionOfDOM } from 'react-dom'
import { expect, it } from 'vitest'

it('runs the tests of the hooks on React 18', () => {
  expect([version, versionOfDOM]).toEqual([expect.stringMatching(/^18\./), expect.stringMatching(/^18\./)])
})

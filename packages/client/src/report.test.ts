import { afterEach, expect, it, vi } from 'vitest'
import { callSafely } from './report.ts'

afterEach(() => {
  vi.restoreAllMocks()
  vi.unstubAllGlobals()
})

it('hands on what a call throws, and what its promise rejects with', async () => {
  const report = vi.spyOn(console, 'error').mockReturnValue()
  const [first, second] = [new Error('thrown'), new Error('rejected')]
  callSafely(() => {
    throw first
  })
  callSafely(async () => {
    throw second
  })
  await vi.waitFor(() => expect(report.mock.calls).toEqual([[first], [second]]))
})

it('prefers what the platform has for it', () => {
  const reportError = vi.fn()
  vi.stubGlobal('reportError', reportError)
  const error = new Error('thrown')
  callSafely(() => {
    throw error
  })
  expect(reportError).toHaveBeenCalledExactlyOnceWith(error)
})

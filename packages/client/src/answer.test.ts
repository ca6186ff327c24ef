import { describe, expect, it, vi } from 'vitest'
import { useScriptedStreams } from '../test/useScriptedStreams.ts'

const { server, start, open, refuse, pass } = useScriptedStreams()

/** As a caller without types may write it. */
const later = (answer: () => Promise<boolean>) => answer as unknown as () => boolean

async function expectNoRejection(act: () => Promise<void>): Promise<void> {
  const onRejection = vi.fn()
  process.on('unhandledRejection', onRejection)
  await act()
  vi.useRealTimers()
  await new Promise((resolve) => setImmediate(resolve))
  vi.useFakeTimers({ now: 0 })
  process.off('unhandledRejection', onRejection)
  expect(onRejection).not.toHaveBeenCalled()
}

describe('an async function for', () => {
  it.each([true, false])('`until` is refused at the first event, though it would say %s', async (answer) => {
    const { stream, log } = await start({ until: later(async () => answer) })
    await open('data: 1\n\ndata: 2\n\n')
    expect(log).toEqual(['open', 'message:1', 'error:invalid-request', 'close:fatal'])
    expect(stream.error).toMatchObject({
      field: 'until',
      message: 'Expected `until` to return a boolean, got a promise.',
    })
    await pass(100_000)
    expect(server.exchanges).toHaveLength(1)
  })

  it.each([true, false])('`retry.when` is refused at the first failure, though it would say %s', async (answer) => {
    const report = vi.spyOn(console, 'error').mockReturnValue()
    const { stream, log } = await start({ retry: { when: later(async () => answer) } })
    await refuse(503)
    expect(report.mock.calls).toEqual([
      [expect.objectContaining({ name: 'SSEError', code: 'invalid-request', field: 'retry.when' })],
    ])
    expect(log).toEqual(['error:http-status', 'close:fatal'])
    expect(stream.error).toMatchObject({ status: 503 })
    await pass(100_000)
    expect(server.exchanges).toHaveLength(1)
  })

  it('either leaves no rejection behind', async () => {
    vi.spyOn(console, 'error').mockReturnValue()
    const broken = later(() => Promise.reject(new Error('later')))
    await expectNoRejection(async () => {
      await start({ until: broken })
      await open('data: 1\n\n')
      await start({ retry: { when: broken } })
      await refuse(503)
    })
  })
})

import type { ProgressPhase, SSEError } from '@tidewire/client'
import { expectTypeOf, test } from 'vitest'
import { createSSEClient, useProgress } from './index.ts'

interface Report {
  pages: number
}

test('has what the task returns', () => {
  const task = useProgress<Report>('/api/report', {
    body: { pages: [1, 2] },
    onComplete: ({ pages }) => expectTypeOf(pages).toEqualTypeOf<number>(),
    throwOnError: ({ reason }) => reason === 'no-paper',
  })
  expectTypeOf(task.result).toEqualTypeOf<Report | undefined>()
  expectTypeOf(task.percent).toEqualTypeOf<number | undefined>()
  expectTypeOf(task.timeLeft).toEqualTypeOf<number | undefined>()
  expectTypeOf(task.phase).toEqualTypeOf<ProgressPhase>()
  expectTypeOf(task.error).toEqualTypeOf<SSEError | undefined>()
  expectTypeOf(task.stop).toEqualTypeOf<() => void>()
  expectTypeOf(useProgress('/api/report').result).toBeUnknown()
})

test('takes a URL or a channel, which may be missing', () => {
  const client = createSSEClient()
  const id = Math.random() > 0.5 && '7'
  useProgress(null)
  useProgress(id && `/reports/${id}`)
  useProgress({ channel: id && `reports/${id}` }, { client })
  // @ts-expect-error a number is neither
  useProgress({ channel: 7 }, { client })
  // @ts-expect-error it makes data of the events by itself
  useProgress('/api/report', { reduce: () => {} })
})

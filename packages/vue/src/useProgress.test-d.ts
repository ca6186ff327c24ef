import type { ProgressPhase, SSEError } from '@tidewire/client'
import { expectTypeOf, test } from 'vitest'
import { type Ref, ref } from 'vue'
import { createSSEClient, type ProgressSource, useProgress } from './index.ts'

interface Report {
  pages: number
}

type Shown<T> = Readonly<Ref<T>>

test('has what the task returns', () => {
  const task = useProgress<Report>('/api/report', {
    body: () => ({ pages: [1, 2] }),
    onComplete: ({ pages }) => expectTypeOf(pages).toEqualTypeOf<number>(),
  })
  expectTypeOf(task.result).toEqualTypeOf<Shown<Report | undefined>>()
  expectTypeOf(task.percent).toEqualTypeOf<Shown<number | undefined>>()
  expectTypeOf(task.timeLeft).toEqualTypeOf<Shown<number | undefined>>()
  expectTypeOf(task.phase).toEqualTypeOf<Shown<ProgressPhase>>()
  expectTypeOf(task.error).toEqualTypeOf<Shown<SSEError | undefined>>()
  expectTypeOf(task.stop).toEqualTypeOf<() => void>()
  expectTypeOf(useProgress('/api/report').result).toEqualTypeOf<Shown<unknown>>()
})

test('takes a URL or a channel, which may be missing, or a ref or a getter of it', () => {
  const client = createSSEClient()
  const id = ref<string>()
  useProgress(null)
  useProgress(() => id.value && `/reports/${id.value}`)
  useProgress(() => ({ channel: id.value && `reports/${id.value}` }), { client })
  useProgress(ref<ProgressSource>(null), { client, enabled: () => id.value !== '' })
  // @ts-expect-error a number is neither
  useProgress(() => ({ channel: 7 }), { client })
  // @ts-expect-error it makes data of the events by itself
  useProgress('/api/report', { reduce: () => {} })
})

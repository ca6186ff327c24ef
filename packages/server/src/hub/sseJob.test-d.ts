import { eventTypes, type ProgressEvents, type StandardSchema } from '@tidewire/protocol'
import { expectTypeOf } from 'vitest'
import { createSSEHub } from './createSSEHub.ts'
import type { SSEJob, SSEJobEnd } from './sseJob.ts'

interface User {
  id: string
}

declare const numeric: StandardSchema<{ readonly id: string }, { id: number }>
declare const resultSchema: StandardSchema<{ result: number }, { result: string }>
declare const progressSchema: StandardSchema<ProgressEvents['progress']>
declare const errorSchema: StandardSchema<ProgressEvents['error']>

const hub = createSSEHub({
  channels: {
    'uploads/:id': eventTypes<ProgressEvents<{ url: string }>>(),
    reindex: { progress: progressSchema, complete: resultSchema, error: errorSchema },
    'orders/:id': eventTypes<{ complete: { result: string } }>(),
  },
  context: (): { user: User } => ({ user: { id: 'u1' } }),
})

// Parameters and context reach the task and `authorize`; the type of the input is the task's.
const uploads = hub.job(
  'uploads/:id',
  async (update, { params, signal, restart }, input: Blob) => {
    expectTypeOf(params).toEqualTypeOf<{ readonly id: string }>()
    expectTypeOf(signal).toEqualTypeOf<AbortSignal>()
    expectTypeOf(restart).toEqualTypeOf<() => void>()
    update({ loaded: 0, total: input.size })
    return { url: '/x' }
  },
  ({ user }, { id }) => user.id === id,
)
expectTypeOf(uploads).toExtend<SSEJob<'uploads/:id', Blob, { url: string }>>()
const run = uploads.start({ id: 7 }, new Blob())
expectTypeOf(run.finished).toEqualTypeOf<Promise<SSEJobEnd<{ url: string }>>>()
expectTypeOf(uploads.stop({ id: '7' })).toEqualTypeOf<Promise<boolean>>()
expectTypeOf(uploads.isRunning({ id: '7' })).toEqualTypeOf<boolean>()
// @ts-expect-error: no input.
uploads.start({ id: '7' })
// @ts-expect-error: no parameter.
uploads.start({}, new Blob())
// @ts-expect-error: not that input.
uploads.start({ id: '7' }, 'text')

// The result is what the schema takes. A pattern without parameters needs none, nor a task without input any.
const reindex = hub.job('reindex', () => 42)
reindex.start()
void reindex.stop()
reindex.isRunning()
// @ts-expect-error: not the result of the contract.
hub.job('reindex', () => 'done')

// @ts-expect-error: the contract has other events for it.
hub.job('orders/:id', () => 'done')
// @ts-expect-error: no pattern of the contract.
hub.job('imports', () => {})
// @ts-expect-error: what suits a job is not to choose.
hub.job('reindex', () => 42, { terminal: [] })

// Parsed parameters reach the task, and all options of a channel are there.
hub.job('uploads/:id', (_, { params }) => ({ url: `/${params.id.toFixed()}` }), {
  params: numeric,
  history: { maxAge: 60_000 },
  authorize: ({ user }, { id }) => user.id === id.toFixed(),
  mapError: (error) => (error instanceof RangeError ? { code: 'range', message: error.message } : undefined),
})

// Without a contract, any pattern and any result.
const imports = createSSEHub().job('imports/:id', async () => [1, 2, 3])
expectTypeOf(imports).toExtend<SSEJob<'imports/:id', undefined, number[]>>()
imports.start({ id: 'a' })

import { createProgressStream, type ProgressTask } from '@tidewire/server'
import { expect } from 'vitest'
import { serveStreams } from './serveStream.ts'
import { useSection } from './useSection.ts'

const { sentence, untested } = useSection(5)

/** Runs a task. Returns its events, names with payloads. */
async function run(task: ProgressTask<unknown>): Promise<[name: string, payload: Record<string, unknown>][]> {
  const { read } = await serveStreams((request) => createProgressStream(task, { request, onError: () => {} }))
  const { events } = await read()
  return events.map(({ type, data }) => [type, JSON.parse(data) as Record<string, unknown>])
}

async function fail(): Promise<never> {
  throw new Error('password is hunter2')
}

sentence(
  '5.1',
  'A progress stream sends `progress` events, `{ percent?, message?, loaded?, total?, rate?, timeLeft? }`, and ends with either `complete` `{ result }` or `error` `{ code, message }`, followed by `sse.bye` with the reason `complete`:',
  async () => {
    const bye = ['sse.bye', { reason: 'complete' }]
    const done = await run(async (update) => {
      update({ loaded: 1, total: 4, message: 'Reading' })
      return 7
    })
    expect(done[0]).toMatchObject(['progress', { percent: 25, loaded: 1, total: 4, message: 'Reading' }])
    expect(done.slice(-2)).toEqual([['complete', { result: 7 }], bye])
    const failed = await run(fail)
    expect(failed.slice(-2)).toEqual([['error', { code: 'internal', message: 'The task failed.' }], bye])
  },
)

untested('5.1', 'what a reader does', 'the task is over, and a reader MUST NOT run it again.')

sentence(
  '5.1',
  '`percent` is absent until it is known; it lies between 0 and 100, and is not rounded up to 100.',
  async () => {
    const [unknown] = await run(async (update) => update({ message: 'Waiting' }))
    expect(unknown).toEqual(['progress', { message: 'Waiting' }])
    const [[, below] = []] = await run(async (update) => update({ loaded: 99_999, total: 100_000 }))
    expect(below?.['percent']).toBeLessThan(100)
    const [[, beyond] = []] = await run(async (update) => update({ loaded: 5, total: 4 }))
    expect(beyond?.['percent']).toBe(100)
  },
)

untested('5.1', 'tested beside the code', '`rate`, never negative, is in units per second, `timeLeft` in milliseconds.')
untested(
  '5.2',
  'tested beside the code',
  'Each `progress` event is the whole state: what it leaves out is unknown now, whatever was known before. `percent` does not fall from one event to the next, unless the task has begun again in between:',
)
untested(
  '5.2',
  'what a reader does',
  'then nothing of the state before counts any more, and the reader MUST NOT hold on to the highest percent that it has seen.',
)
untested(
  '5.3',
  'what a reader does',
  'A native `EventSource` does not know `sse.bye`: it comes back after every end, and its GET would run the task again.',
)
untested(
  '5.3',
  "a choice of the server's user",
  'A server that such readers follow SHOULD answer for a finished task with 204, which stops them.',
)

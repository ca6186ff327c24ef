import { eventTypes, type ProgressEvents, SSEError } from '@tidewire/protocol'
import { expect, it, onTestFinished, vi } from 'vitest'
import { get, type HubEvent, type HubReader, join, open, useHub } from '../../test/hubReader.ts'
import { parseStrictly } from '../../test/strictParser.ts'
import { serveHub } from '../../test/serveHub.ts'
import { createMemoryLog, createSSEHub, type SSEJobConfig, type UpdateProgress } from '../index.ts'

interface Task {
  update: UpdateProgress
  signal: AbortSignal
  params: unknown
  input: unknown
  /** Settles the task. */
  finish: PromiseWithResolvers<unknown>
}

/** A hub on a real server with the job `uploads/:id`, whose tasks are in the hands of the test. */
async function useJob(config: SSEJobConfig = {}, options = {}) {
  const { hub, errors } = useHub(options)
  const tasks: Task[] = []
  const uploads = hub.job(
    'uploads/:id',
    (update, { params, signal }, input?: string): Promise<unknown> => {
      const finish = Promise.withResolvers<unknown>()
      tasks.push({ update, signal, params, input, finish })
      return finish.promise
    },
    config,
  )
  const start = (id = '7') => {
    const run = uploads.start({ id })
    const task = tasks.at(-1)
    if (!task) throw new Error('No task was started.')
    return { run, ...task }
  }
  return { hub, errors, uploads, tasks, start, served: await serveHub(hub) }
}

/** What is left for a reader, but that the channel is over. */
async function rest(reader: HubReader): Promise<HubEvent[]> {
  return (await reader.rest()).filter(({ event }) => event !== 'sse.end')
}

const BYE = { event: 'sse.bye', data: { reason: 'complete' } }
const CANCELLED = { event: 'error', data: { code: 'cancelled', message: 'The task was cancelled.' } }

it('follows a task, with the events of a progress stream', async () => {
  const { start, served } = await useJob()
  const reader = await join(served, '?channel=uploads/7')
  const { run, update, finish } = start()
  expect(await reader.next()).toMatchObject({ event: 'progress', data: {} })
  update({ loaded: 10, total: 40, message: 'Resizing' })
  const progress = { percent: 25, loaded: 10, total: 40, message: 'Resizing' }
  expect(await reader.next()).toMatchObject({ event: 'progress', data: progress })
  finish.resolve({ url: '/x' })
  expect(await rest(reader)).toMatchObject([{ event: 'complete', data: { result: { url: '/x' } } }, BYE])
  expect(await run.finished).toEqual({ phase: 'complete', result: { url: '/x' } })
})

it('hands the task the parameters and the input that the run was started with', async () => {
  const { uploads, tasks } = await useJob()
  const run = uploads.start({ id: 'a/b' }, 'file')
  expect(tasks).toMatchObject([{ params: { id: 'a/b' }, input: 'file' }])
  expect(run.channel).toBe('uploads/a%2Fb')
})

it('goes on when its reader leaves, and tells the last state to the next one at once', async () => {
  const { hub, start, served } = await useJob()
  const { update, signal } = start()
  const first = await join(served, '?channel=uploads/7')
  expect(await first.next()).toMatchObject({ data: {} })
  update(40, 'Resizing')
  expect(await first.next()).toMatchObject({ data: { percent: 40 } })
  await first.leave()
  await vi.waitFor(() => expect(hub.connectionCount).toBe(0))
  expect(signal.aborted).toBe(false)
  const late = await join(served, '?channel=uploads/7')
  expect(await late.next()).toMatchObject({ event: 'progress', data: { percent: 40, message: 'Resizing' } })
})

it('still answers with its end, and tells who has had that to stop', async () => {
  const { start, served } = await useJob()
  const { run, finish } = start()
  finish.resolve('done')
  await run.finished
  const late = await open(served, '?channel=uploads/7')
  const events = await rest(late)
  expect(events).toMatchObject([{ event: 'sse.hello' }, { event: 'complete', data: { result: 'done' } }, BYE])
  const { lastEventId } = parseStrictly(late.text())
  const { status } = await get(served, '?channel=uploads/7', { 'last-event-id': lastEventId })
  expect(status).toBe(204)
})

it('forgets the end after the time that its history keeps', async () => {
  let time = 0
  const { start, served } = await useJob(
    { history: { maxAge: 2 * 3_600_000 } },
    { log: createMemoryLog({ now: () => time }) },
  )
  const { run, finish } = start()
  finish.resolve('done')
  await run.finished
  time = 2 * 3_600_000 - 1
  expect(await rest(await open(served, '?channel=uploads/7'))).toMatchObject([{}, { event: 'complete' }, BYE])
  time++
  // Another run, which is what the log forgets by.
  start('8')
  const reader = await join(served, '?channel=uploads/7')
  const { run: next } = start()
  expect(await reader.next()).toMatchObject({ event: 'progress', data: {} })
  await next.stop
})

it('shows a run that was started again instead of how the last one ended', async () => {
  const { start, served } = await useJob()
  const { run, finish } = start()
  finish.resolve('done')
  await run.finished
  start()
  const reader = await join(served, '?channel=uploads/7')
  expect(await reader.next()).toMatchObject({ event: 'progress', data: {} })
})

it('starts nothing while a run is under way', async () => {
  const { uploads, tasks } = await useJob()
  const run = uploads.start({ id: '7' }, 'one')
  expect(uploads.start({ id: 7 }, 'two')).toBe(run)
  expect(tasks).toMatchObject([{ input: 'one' }])
  uploads.start({ id: '8' })
  expect(tasks).toHaveLength(2)
})

it('knows which runs are under way', async () => {
  const { uploads, start } = await useJob()
  expect(uploads.isRunning({ id: '7' })).toBe(false)
  const { run, finish } = start()
  expect(uploads.isRunning({ id: '7' })).toBe(true)
  expect(uploads.isRunning({ id: '8' })).toBe(false)
  finish.resolve(null)
  await run.finished
  expect(uploads.isRunning({ id: '7' })).toBe(false)
})

it('is stopped when it is told so: the signal aborts, and readers know at once', async () => {
  const { uploads, start, served, errors } = await useJob()
  const { update, signal, finish, run } = start()
  const reader = await join(served, '?channel=uploads/7')
  await reader.next()
  update(40)
  const stopped = uploads.stop({ id: '7' })
  expect(signal.aborted).toBe(true)
  expect(await rest(reader)).toMatchObject([{ data: { percent: 40 } }, CANCELLED, BYE])
  update(50)
  finish.reject(signal.reason)
  expect(await stopped).toBe(true)
  expect(await run.finished).toEqual({ phase: 'cancelled' })
  expect(await uploads.stop({ id: '7' })).toBe(false)
  expect(errors).toEqual([])
})

it('keeps to its end where the task returns or fails after the stop', async () => {
  const { start, errors } = await useJob()
  const returned = start('7')
  const failed = start('8')
  const ends = [returned.run.stop(), failed.run.stop()]
  returned.finish.resolve('done')
  failed.finish.reject(new Error('no cleanup'))
  expect(await Promise.all(ends)).toEqual([{ phase: 'cancelled' }, { phase: 'cancelled' }])
  expect(errors).toMatchObject([['job', { code: 'source', cause: { message: 'no cleanup' } }]])
})

it('tells readers of a failure nothing but that, and `onError` all', async () => {
  const { start, served, errors } = await useJob()
  const { run, finish } = start()
  const cause = new Error('password is hunter2')
  finish.reject(cause)
  const end = { phase: 'failed', code: 'internal', message: 'The task failed.', error: cause }
  expect(await run.finished).toEqual(end)
  const reader = await open(served, '?channel=uploads/7')
  await rest(reader)
  expect(reader.text()).toContain('{"code":"internal","message":"The task failed."}')
  expect(reader.text()).not.toContain('hunter2')
  expect(errors).toMatchObject([['job', { code: 'source', cause }]])
})

it('tells readers of a foreseen failure what it is mapped to', async () => {
  const mapError = () => ({ code: 'too-wide', message: 'The image is too wide.' })
  const { start, served, errors } = await useJob({ mapError })
  const { run, finish } = start()
  finish.reject(new RangeError('width 100000'))
  expect(await run.finished).toMatchObject({ phase: 'failed', code: 'too-wide' })
  const reader = await join(served, '?channel=uploads/7')
  expect(await reader.next()).toMatchObject({ event: 'error', data: mapError() })
  expect(errors).toEqual([])
})

it('fails where its result has no JSON form', async () => {
  const { start, served, errors } = await useJob()
  const { run, finish } = start()
  finish.resolve(1n)
  expect(await run.finished).toMatchObject({ phase: 'failed', code: 'internal' })
  const reader = await join(served, '?channel=uploads/7')
  expect(await reader.next()).toMatchObject({ event: 'error', data: { code: 'internal' } })
  expect(errors).toMatchObject([['publish', { code: 'invalid-event' }]])
})

it('tells its end again where the log did not take it', async () => {
  const log = createMemoryLog()
  const append = vi.spyOn(log, 'append')
  const { start, served, errors } = await useJob({}, { log })
  const { run, finish } = start()
  append.mockRejectedValueOnce(new SSEError('unknown-outcome', 'Nobody knows.'))
  finish.resolve('done')
  expect(await run.finished).toMatchObject({ phase: 'complete' })
  expect(append.mock.calls.slice(-2).map(([, key]) => key)).toEqual([expect.any(String), append.mock.calls.at(-1)?.[1]])
  expect(await rest(await open(served, '?channel=uploads/7'))).toMatchObject([{}, { event: 'complete' }, BYE])
  expect(errors).toMatchObject([['publish', { code: 'unknown-outcome' }]])
})

it('never has two states on their way to the log at once', async () => {
  const log = createMemoryLog()
  const { start } = await useJob({}, { log })
  const taken = Promise.withResolvers<void>()
  const append = vi.spyOn(log, 'append')
  append.mockImplementationOnce(() => taken.promise.then(() => ({ epoch: 'a', seqs: [1] })))
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  onTestFinished(() => void vi.useRealTimers())
  const { run, update, finish } = start()
  update(40)
  vi.advanceTimersByTime(1_000)
  expect(append).toHaveBeenCalledOnce()
  finish.resolve('done')
  await finish.promise
  expect(append).toHaveBeenCalledOnce()
  taken.resolve()
  await run.finished
  expect(append.mock.calls.map(([[draft]]) => draft?.data)).toEqual(['{}', '{"percent":40}', '{"result":"done"}'])
})

it('asks who may follow it, as any channel', async () => {
  const { served } = await useJob({ authorize: (_, { id }) => id === '8' })
  expect((await get(served, '?channel=uploads/7')).status).toBe(403)
  expect((await get(served, '?channel=uploads/8')).status).toBe(200)
})

it('finishes while the hub drains, and its readers stay for that', async () => {
  const { hub, uploads, start, served } = await useJob()
  hub.channel('news')
  const { finish } = start()
  const reader = await join(served, '?channel=uploads/7')
  const other = await join(served, '?channel=news')
  await reader.next()
  const drained = hub.drain({ over: 20, jobs: 10_000 })
  expect(() => uploads.start({ id: '8' })).toThrow(expect.objectContaining({ code: 'closed' }))
  expect(await rest(other)).toMatchObject([{ event: 'sse.bye', data: { reason: 'drain' } }])
  finish.resolve('done')
  expect(await rest(reader)).toMatchObject([{ event: 'complete' }, BYE])
  await drained
})

it('is not waited for longer than the drain says', async () => {
  const { hub, start, served } = await useJob()
  const { signal } = start()
  const reader = await join(served, '?channel=uploads/7')
  await reader.next()
  await hub.drain({ over: 10 })
  expect(await rest(reader)).toMatchObject([{ event: 'sse.bye', data: { reason: 'drain' } }])
  expect(signal.aborted).toBe(false)
})

it('is cancelled when the hub is closed, and says so to the log', async () => {
  const log = createMemoryLog()
  const append = vi.spyOn(log, 'append')
  const { hub, uploads, start } = await useJob({}, { log })
  const { run, signal, update, finish } = start()
  update(40)
  const closed = hub.close()
  expect(signal.aborted).toBe(true)
  await closed
  expect(append.mock.lastCall?.[0]).toMatchObject([{ event: 'error', data: JSON.stringify(CANCELLED.data) }])
  expect(() => uploads.start({ id: '7' })).toThrow(expect.objectContaining({ code: 'closed' }))
  finish.resolve('late')
  expect(await run.finished).toEqual({ phase: 'cancelled' })
})

it('refuses what makes no sense', async () => {
  const { hub, uploads } = await useJob()
  hub.channel('uploads/all')
  expect(() => uploads.start({ id: 'all' })).toThrow(/a channel of "uploads\/:id", got "uploads\/all"/)
  expect(() => uploads.start({})).toThrow(/parameter `id`/)
  expect(() => hub.job('a', 'task' as never)).toThrow(/Expected `task` to be a function, got "task"/)
  expect(() => hub.job('a', () => {}, { mapError: 1 as never })).toThrow(/`mapError`/)
  expect(() => hub.job('a', () => {}, 1 as never)).toThrow(/third argument/)
  const misspelled: object = { mapErrors: () => undefined }
  expect(() => hub.job('a', () => {}, misspelled)).toThrow(/the options of a job to be among .*, got "mapErrors"/)
  const typed = createSSEHub({ channels: { imports: eventTypes<ProgressEvents>() } })
  expect(() => typed.job('uploads/:id' as 'imports', () => {})).toThrow(/a pattern of the contract/)
})

import { createProgressObserver, isSSEError, type ProgressObserver } from '@tidewire/client'
import { describe, expect, it, vi } from 'vitest'
import { withEventServer } from '../../../test/withEventServer.ts'
import { withHubServer } from '../../../test/withHubServer.ts'

interface Report {
  pages: number
}

const leaves = new Set<() => void>()
const leaveAll = () => {
  for (const leave of leaves) leave()
  leaves.clear()
}
const server = withEventServer(leaveAll)
const hub = withHubServer(leaveAll)
const { opened } = server

/** Subscribes until the returned function is called, or the test is over. */
function follow(observer: ProgressObserver<Report>, listener: () => void = () => {}): () => void {
  const leave = observer.subscribe(listener)
  leaves.add(leave)
  return leave
}

/** Waits until this is a part of what is shown. */
const shows = (observer: ProgressObserver<Report>, state: object) =>
  vi.waitFor(() => expect(observer.getSnapshot()).toMatchObject(state), { timeout: 10_000 })

const progress = (path: string, percent: number, message?: string) =>
  server.send(path, { event: 'progress', data: { percent, message } })

/** Says how a task ends, as `createProgressStream` does. */
function end(path: string, event: 'complete' | 'error', data: object): void {
  const [stream] = server.open(path)
  stream?.write({ event, data })
  stream?.close()
}

/** Observes a task at a path, which is left at once when nobody follows it. */
const observe = (path: string, options: Parameters<typeof createProgressObserver<Report>>[1] = {}) =>
  createProgressObserver<Report>(server.url(path), { linger: 0, ...options })

describe('an observer of a task at a URL', () => {
  it('shows how far the task is, and what it returns', async () => {
    const onComplete = vi.fn()
    const observer = observe('/a', { onComplete })
    follow(observer)
    expect(observer.getSnapshot()).toMatchObject({ phase: 'running', status: 'connecting', percent: undefined })
    await opened('/a')
    progress('/a', 40, 'Printing')
    await shows(observer, { phase: 'running', status: 'open', percent: 40, message: 'Printing', result: undefined })
    end('/a', 'complete', { result: { pages: 3 } })
    await shows(observer, { phase: 'complete', status: 'closed', percent: 100, result: { pages: 3 }, error: undefined })
    expect(onComplete).toHaveBeenCalledExactlyOnceWith({ pages: 3 })
    expect(server.requests).toHaveLength(1)
  })

  it('shows what the task has failed with, and how far it was', async () => {
    const onError = vi.fn()
    const observer = observe('/a', { onError })
    follow(observer)
    await opened('/a')
    progress('/a', 40)
    await shows(observer, { percent: 40 })
    end('/a', 'error', { code: 'no-paper', message: 'There is no paper.' })
    await shows(observer, { phase: 'failed', percent: 40, error: { code: 'server', reason: 'no-paper' } })
    expect(onError).toHaveBeenCalledOnce()
    expect(isSSEError(onError.mock.calls[0]?.[0])).toBe(true)
  })

  it('takes other events for what they are, and nothing for nothing', async () => {
    const [onComplete, onError] = [vi.fn(), vi.fn()]
    const observer = observe('/a', { onComplete, onError })
    follow(observer)
    await opened('/a')
    progress('/a', 40)
    server.send('/a', { event: 'note', data: { text: 'Paper is low.' } })
    server.send('/a', { event: 'progress', data: null })
    await shows(observer, { phase: 'running', percent: undefined, error: undefined })
    end('/a', 'complete', null as never)
    await shows(observer, { phase: 'complete', status: 'closed', percent: 100, result: undefined })
    expect(onComplete).toHaveBeenCalledExactlyOnceWith(undefined)
    expect(onError).not.toHaveBeenCalled()
  })

  it('says that a task has failed which has not said how, by an error or by its end', async () => {
    const [one, other] = [observe('/a'), observe('/b')]
    follow(one)
    follow(other)
    await opened('/a')
    await opened('/b')
    end('/a', 'error', null as never)
    server.open('/b')[0]?.close()
    for (const observer of [one, other]) {
      await shows(observer, {
        phase: 'failed',
        status: 'closed',
        error: { message: expect.stringMatching('has not said how') as string },
      })
    }
  })

  it('is running again when it is told of further progress', async () => {
    const observer = observe('/a')
    follow(observer)
    await opened('/a')
    server.send('/a', { event: 'complete', data: { result: { pages: 1 } } })
    await shows(observer, { phase: 'complete' })
    progress('/a', 10)
    await shows(observer, { phase: 'running', percent: 10, result: undefined })
  })

  it('follows the next source after one that makes no sense', async () => {
    const client = hub.client()
    const observer = createProgressObserver<Report>({ channel: 'reports/1' }, {}, client)
    follow(observer)
    await hub.followed('reports/1')
    expect(() => observer.setOptions({ channel: 'nonsense/1' }, {}, client)).toThrow(TypeError)
    await hub.followed('reports/1', 0)
    observer.setOptions({ channel: 'reports/7' }, {}, client)
    await hub.followed('reports/7')
    await shows(observer, { phase: 'running', status: 'open' })
  })

  it('shows that nobody can tell of the task', async () => {
    const onError = vi.fn()
    const observer = observe('/status/403', { onError })
    follow(observer)
    await shows(observer, { phase: 'failed', status: 'closed', error: { code: 'http-status', status: 403 } })
    expect(onError).toHaveBeenCalledOnce()
  })

  it('asks nothing before somebody subscribes, and leaves with the last one', async () => {
    const observer = observe('/a')
    const heard: string[] = []
    const first = follow(observer, () => heard.push('first'))
    const second = follow(observer, () => heard.push('second'))
    await opened('/a')
    await shows(observer, { status: 'open' })
    first()
    // Who has left leaves once.
    first()
    heard.length = 0
    progress('/a', 40)
    await shows(observer, { percent: 40 })
    expect(heard).toEqual(['second'])
    second()
    await opened('/a', 0)
    expect(server.requests).toHaveLength(1)
  })

  it('returns the same snapshot until the next publication, and always the same for a server', async () => {
    const observer = observe('/a')
    const atFirst = observer.getServerSnapshot()
    expect(atFirst).toEqual(observer.getSnapshot())
    const snapshots: object[] = []
    follow(observer, () => snapshots.push(observer.getSnapshot()))
    await opened('/a')
    await shows(observer, { status: 'open' })
    expect(observer.getSnapshot()).toBe(observer.getSnapshot())
    progress('/a', 40)
    await shows(observer, { percent: 40 })
    expect(new Set(snapshots).size).toBe(snapshots.length)
    expect(observer.getSnapshot()).toBe(snapshots.at(-1))
    expect(observer.getServerSnapshot()).toBe(atFirst)
  })

  it('shares one connection with others that follow the same task, each with its callbacks', async () => {
    const calls = [vi.fn(), vi.fn()]
    for (const onComplete of calls) follow(observe('/a', { onComplete }))
    await opened('/a')
    end('/a', 'complete', { result: { pages: 3 } })
    for (const onComplete of calls) await vi.waitFor(() => expect(onComplete).toHaveBeenCalledOnce())
    expect(server.requests).toHaveLength(1)
  })

  it('keeps the connection when only callbacks are new, and calls the latest', async () => {
    const [before, after] = [vi.fn(), vi.fn()]
    const observer = observe('/a', { onComplete: before })
    follow(observer)
    await opened('/a')
    observer.setOptions(server.url('/a'), { linger: 0, onComplete: after })
    end('/a', 'complete', { result: { pages: 3 } })
    await shows(observer, { phase: 'complete' })
    expect(before).not.toHaveBeenCalled()
    expect(after).toHaveBeenCalledOnce()
    expect(server.requests).toHaveLength(1)
  })

  it('shows nothing of one task while it follows another, and leaves the first at once', async () => {
    const observer = observe('/a', { linger: 60_000 })
    let news = 0
    follow(observer, () => news++)
    await opened('/a')
    progress('/a', 40, 'Printing')
    await shows(observer, { percent: 40 })
    observer.setOptions(server.url('/b'), { linger: 0 })
    expect(observer.getSnapshot()).toMatchObject({ phase: 'running', percent: undefined, message: undefined })
    await opened('/a', 0)
    await opened('/b')
    progress('/b', 7)
    await shows(observer, { percent: 7 })
    const heard = news
    observer.setOptions(null, { linger: 0 })
    expect(observer.getSnapshot()).toMatchObject({ status: 'idle', phase: 'running', percent: undefined })
    await vi.waitFor(() => expect(news).toBeGreaterThan(heard))
    await opened('/b', 0)
  })

  it('rests while it is not enabled', async () => {
    const observer = observe('/a', { enabled: false })
    follow(observer)
    expect(observer.getSnapshot()).toMatchObject({ status: 'idle', phase: 'running' })
    observer.setOptions(server.url('/a'), { linger: 0 })
    await opened('/a')
    await shows(observer, { status: 'open' })
    observer.setOptions(server.url('/a'), { linger: 0, enabled: false })
    await opened('/a', 0)
    expect(server.requests).toHaveLength(1)
  })

  it('is cancelled by hand, and sends a POST anew by hand alone', async () => {
    const observer = observe('/a', { body: { pages: 3 } })
    // Nobody would leave it again.
    observer.open()
    const leave = follow(observer)
    await opened('/a')
    progress('/a', 40)
    await shows(observer, { percent: 40 })
    observer.stop()
    expect(observer.getSnapshot()).toMatchObject({ phase: 'cancelled', status: 'closed', percent: 40 })
    await opened('/a', 0)
    observer.open()
    await opened('/a')
    expect(server.requests.map(({ method }) => method)).toEqual(['POST', 'POST'])
    leave()
    observer.open()
    await opened('/a', 0)
    expect(server.requests).toHaveLength(2)
  })

  it('goes on showing the end of a task when it is opened by nobody', async () => {
    const observer = observe('/a')
    const leave = follow(observer)
    await opened('/a')
    end('/a', 'complete', { result: { pages: 3 } })
    await shows(observer, { phase: 'complete', status: 'closed' })
    leave()
    observer.open()
    expect(observer.getSnapshot()).toMatchObject({ phase: 'complete', result: { pages: 3 } })
  })

  it('shows nothing of the end of a task that is started anew', async () => {
    const onComplete = vi.fn()
    const observer = observe('/a', { body: { pages: 3 }, onComplete })
    follow(observer)
    await opened('/a')
    end('/a', 'complete', { result: { pages: 3 } })
    await shows(observer, { phase: 'complete', status: 'closed', result: { pages: 3 } })
    observer.open()
    expect(observer.getSnapshot()).toMatchObject({ phase: 'running', percent: undefined, result: undefined })
    await opened('/a')
    end('/a', 'complete', { result: { pages: 4 } })
    await shows(observer, { phase: 'complete', status: 'closed', result: { pages: 4 } })
    expect(onComplete.mock.calls).toEqual([[{ pages: 3 }], [{ pages: 4 }]])
    expect(server.requests).toHaveLength(2)
  })

  it('goes on with a task whose connection was cut', async () => {
    const onError = vi.fn()
    const observer = observe('/a', { retry: { delay: 1 }, onError })
    follow(observer)
    await opened('/a')
    progress('/a', 40)
    await shows(observer, { percent: 40 })
    server.cut()
    await vi.waitFor(() => expect(server.requests).toHaveLength(2), { timeout: 10_000 })
    await opened('/a')
    expect(onError).toHaveBeenCalledOnce()
    progress('/a', 41)
    await shows(observer, { phase: 'running', percent: 41, error: undefined })
  })
})

describe('an observer of a job on a channel', () => {
  it('follows it from nothing to its end', async () => {
    const onComplete = vi.fn()
    const report = hub.report('7')
    const observer = createProgressObserver<Report>({ channel: 'reports/7' }, { onComplete }, hub.client())
    follow(observer)
    await hub.followed('reports/7')
    report.update(20, 'Printing')
    await shows(observer, { phase: 'running', percent: 20, message: 'Printing' })
    report.complete(3)
    await shows(observer, { phase: 'complete', percent: 100, result: { pages: 3 } })
    expect(onComplete).toHaveBeenCalledExactlyOnceWith({ pages: 3 })
  })

  it('shows the end to who comes late', async () => {
    const onError = vi.fn()
    hub.report('7').fail(new Error('There is no paper.'))
    const observer = createProgressObserver<Report>({ channel: 'reports/7' }, { onError }, hub.client())
    follow(observer)
    await shows(observer, { phase: 'failed', error: { code: 'server' } })
    expect(onError).toHaveBeenCalledOnce()
  })

  it('leaves one channel for another', async () => {
    const client = hub.client()
    const observer = createProgressObserver<Report>({ channel: 'reports/7' }, {}, client)
    hub.report('7').update(20)
    follow(observer)
    await shows(observer, { percent: 20 })
    observer.setOptions({ channel: 'reports/8' }, {}, client)
    expect(observer.getSnapshot()).toMatchObject({ phase: 'running', percent: undefined })
    await hub.followed('reports/7', 0)
    await hub.followed('reports/8')
    observer.setOptions({ channel: null }, {}, client)
    expect(observer.getSnapshot()).toMatchObject({ status: 'idle', phase: 'running' })
    await hub.followed('reports/8', 0)
  })

  it('leaves one client for another', async () => {
    const [first, second] = [hub.client(), hub.client()]
    const observer = createProgressObserver<Report>({ channel: 'reports/7' }, {}, first)
    follow(observer)
    await vi.waitFor(() => expect(first.status).toBe('open'), { timeout: 10_000 })
    observer.setOptions({ channel: 'reports/7' }, {}, second)
    await vi.waitFor(() => expect([first.status, second.status]).toEqual(['idle', 'open']), { timeout: 10_000 })
  })

  it('goes on with a job that it has stopped to follow', async () => {
    const report = hub.report('7')
    report.update(20)
    const observer = createProgressObserver<Report>({ channel: 'reports/7' }, {}, hub.client())
    follow(observer)
    await shows(observer, { percent: 20 })
    observer.stop()
    expect(observer.getSnapshot()).toMatchObject({ phase: 'cancelled', percent: 20 })
    await hub.followed('reports/7', 0)
    observer.open()
    await hub.followed('reports/7')
    report.complete(3)
    await shows(observer, { phase: 'complete', result: { pages: 3 } })
  })

  it('wants the client of its hub', () => {
    expect(() => createProgressObserver({ channel: 'reports/7' })).toThrow(
      new TypeError('Expected a client for a task on a channel.'),
    )
  })
})

import { act, cleanup, renderHook, waitFor } from '@testing-library/react'
import { StrictMode } from 'react'
import { describe, expect, it, vi } from 'vitest'
import { withEventServer } from '../../../test/withEventServer.ts'
import { withHubServer } from '../../../test/withHubServer.ts'
import { type ProgressSource, useProgress, type UseProgressOptions } from './index.ts'

interface Report {
  pages: number
}

const server = withEventServer(cleanup)
const hub = withHubServer(cleanup)
const { opened } = server

const progress = (path: string, percent: number, message?: string) =>
  server.send(path, { event: 'progress', data: { percent, message } })

/** Says how a task ends, as `createProgressStream` does. */
function end(path: string, event: 'complete' | 'error', data: object): void {
  const [stream] = server.open(path)
  stream?.write({ event, data })
  stream?.close()
}

const follow = (source: ProgressSource, options: UseProgressOptions<Report> = {}) =>
  renderHook(({ source, ...options }: typeof initial) => useProgress<Report>(source, { linger: 0, ...options }), {
    initialProps: { source, ...options },
    wrapper: StrictMode,
  })
const initial: { source: ProgressSource } & UseProgressOptions<Report> = { source: null }

describe('useProgress', () => {
  it('shows how far a task is, and what it returns', async () => {
    const onComplete = vi.fn()
    const { result } = follow(server.url('/a'), { onComplete })
    expect(result.current).toMatchObject({ phase: 'running', status: 'connecting', percent: undefined })
    await opened('/a')
    progress('/a', 40, 'Resizing')
    await waitFor(() => expect(result.current).toMatchObject({ percent: 40, message: 'Resizing', phase: 'running' }))
    end('/a', 'complete', { result: { pages: 3 } })
    await waitFor(() => expect(result.current.status).toBe('closed'))
    expect(result.current).toMatchObject({ phase: 'complete', percent: 100, result: { pages: 3 }, error: undefined })
    expect(onComplete).toHaveBeenCalledExactlyOnceWith({ pages: 3 })
    expect(server.requests).toHaveLength(1)
  })

  it('shows what a task has failed with', async () => {
    const onError = vi.fn()
    const { result } = follow(server.url('/a'), { onError })
    await opened('/a')
    progress('/a', 40)
    await waitFor(() => expect(result.current.percent).toBe(40))
    end('/a', 'error', { code: 'no-paper', message: 'There is no paper.' })
    await waitFor(() => expect(result.current.phase).toBe('failed'))
    expect(result.current).toMatchObject({ percent: 40, error: { code: 'server', reason: 'no-paper' } })
    expect(result.current.error?.message).toBe('There is no paper.')
    expect(onError).toHaveBeenCalledOnce()
  })

  it('shows that a task cannot be followed', async () => {
    const { result } = follow(server.url('/status/403'))
    await waitFor(() => expect(result.current.phase).toBe('failed'))
    expect(result.current.error).toMatchObject({ code: 'http-status', status: 403 })
  })

  it('stops a task by hand, which is cancelled then, and starts it anew', async () => {
    const { result } = follow(server.url('/a'), { body: { pages: 3 } })
    await opened('/a')
    progress('/a', 40)
    await waitFor(() => expect(result.current.percent).toBe(40))
    act(() => result.current.stop())
    expect(result.current).toMatchObject({ phase: 'cancelled', status: 'closed', percent: 40 })
    await opened('/a', 0)
    act(() => result.current.open())
    await opened('/a')
    expect(server.requests.map(({ method }) => method)).toEqual(['POST', 'POST'])
  })

  it('shows nothing of the end of a task that is started anew', async () => {
    const { result } = follow(server.url('/a'), { body: { pages: 3 } })
    await opened('/a')
    end('/a', 'complete', { result: { pages: 3 } })
    await waitFor(() => expect(result.current).toMatchObject({ phase: 'complete', status: 'closed' }))
    act(() => result.current.open())
    await waitFor(() =>
      expect(result.current).toMatchObject({ phase: 'running', percent: undefined, result: undefined }),
    )
    await opened('/a')
    end('/a', 'complete', { result: { pages: 4 } })
    await waitFor(() => expect(result.current.result).toEqual({ pages: 4 }))
    expect(server.requests).toHaveLength(2)
  })

  it('shows nothing of one task while it follows another', async () => {
    const { result, rerender } = follow(server.url('/a'))
    await opened('/a')
    end('/a', 'complete', { result: { pages: 3 } })
    await waitFor(() => expect(result.current.phase).toBe('complete'))
    rerender({ source: server.url('/b') })
    await waitFor(() => expect(result.current).toMatchObject({ phase: 'running', percent: undefined }))
    await opened('/b')
    rerender({ source: null })
    await waitFor(() => expect(result.current).toMatchObject({ status: 'idle', phase: 'running' }))
    await opened('/b', 0)
  })

  it('follows a job on its channel, from nothing to its end', async () => {
    const client = hub.client()
    const onComplete = vi.fn()
    const { result, rerender } = follow(null, { client, onComplete })
    const report = hub.report('7')
    report.update(20, 'Printing')
    rerender({ source: { channel: 'reports/7' }, client, onComplete })
    await waitFor(() => expect(result.current).toMatchObject({ percent: 20, message: 'Printing' }))
    report.complete(3)
    await waitFor(() => expect(result.current).toMatchObject({ phase: 'complete', result: { pages: 3 } }))
    expect(onComplete).toHaveBeenCalledExactlyOnceWith({ pages: 3 })
    // The text that stands for a channel is no URL.
    expect(server.requests).toHaveLength(0)
    rerender({ source: server.url('/a'), client })
    await opened('/a')
    await waitFor(() => expect(result.current).toMatchObject({ phase: 'running', result: undefined }))
  })

  it('shows the end of a job to who comes late', async () => {
    const client = hub.client()
    const report = hub.report('7')
    report.fail(new Error('There is no paper.'))
    const { result } = follow({ channel: 'reports/7' }, { client })
    await waitFor(() => expect(result.current).toMatchObject({ phase: 'failed', error: { code: 'server' } }))
  })

  it('goes on with a job that it has stopped to follow', async () => {
    const client = hub.client()
    const report = hub.report('7')
    report.update(20)
    const { result } = follow({ channel: 'reports/7' }, { client })
    await waitFor(() => expect(result.current.percent).toBe(20))
    act(() => result.current.stop())
    expect(result.current.phase).toBe('cancelled')
    await hub.followed('reports/7', 0)
    act(() => result.current.open())
    await hub.followed('reports/7')
    report.complete(3)
    await waitFor(() => expect(result.current).toMatchObject({ phase: 'complete', result: { pages: 3 } }))
  })

  it('renders for what it reads alone', async () => {
    let renders = 0
    renderHook(() => {
      renders++
      return useProgress(server.url('/a'), { linger: 0 }).phase
    })
    await opened('/a')
    const before = renders
    const seen = follow(server.url('/a'))
    for (const percent of [10, 20, 30]) {
      progress('/a', percent)
      await waitFor(() => expect(seen.result.current.percent).toBe(percent))
    }
    expect(renders).toBe(before)
  })

  it('wants a client for a channel', () => {
    vi.spyOn(console, 'error').mockReturnValue()
    expect(() => renderHook(() => useProgress({ channel: 'reports/7' }))).toThrow('Expected a client')
    vi.restoreAllMocks()
  })
})

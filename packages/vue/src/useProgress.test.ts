import { describe, expect, it, vi } from 'vitest'
import { defineComponent, h, KeepAlive, nextTick, ref, shallowRef } from 'vue'
import { withEventServer } from '../../../test/withEventServer.ts'
import { withHubServer } from '../../../test/withHubServer.ts'
import { inScope, leaveAll, mount } from '../test/mounted.ts'
import { type ProgressSource, useProgress } from './index.ts'

interface Report {
  pages: number
}

const server = withEventServer(leaveAll)
const hub = withHubServer(leaveAll)
const { opened } = server

const progress = (path: string, percent: number, message?: string) =>
  server.send(path, { event: 'progress', data: { percent, message } })

/** Says how a task ends, as `createProgressStream` does. */
function end(path: string, event: 'complete' | 'error', data: object): void {
  const [stream] = server.open(path)
  stream?.write({ event, data })
  stream?.close()
}

const follow = (...[source, options]: Parameters<typeof useProgress<Report>>) =>
  inScope(() => useProgress<Report>(source, { linger: 0, ...options }))

describe('useProgress', () => {
  it('shows how far a task is, and what it returns', async () => {
    const onComplete = vi.fn()
    const { phase, status, percent, message, result } = follow(server.url('/a'), { onComplete })
    expect([phase.value, percent.value]).toEqual(['running', undefined])
    await opened('/a')
    progress('/a', 40, 'Resizing')
    await vi.waitFor(() => expect([percent.value, message.value]).toEqual([40, 'Resizing']))
    end('/a', 'complete', { result: { pages: 3 } })
    await vi.waitFor(() => expect(status.value).toBe('closed'))
    expect([phase.value, percent.value, result.value]).toEqual(['complete', 100, { pages: 3 }])
    expect(onComplete).toHaveBeenCalledExactlyOnceWith({ pages: 3 })
    expect(server.requests).toHaveLength(1)
  })

  it('shows what a task has failed with', async () => {
    const onError = vi.fn()
    const { phase, error } = follow(server.url('/a'), { onError })
    await opened('/a')
    end('/a', 'error', { code: 'no-paper', message: 'There is no paper.' })
    await vi.waitFor(() => expect(phase.value).toBe('failed'))
    expect(error.value).toMatchObject({ code: 'server', reason: 'no-paper', message: 'There is no paper.' })
    expect(onError).toHaveBeenCalledOnce()
  })

  it('stops a task by hand, which is cancelled then, and starts it anew', async () => {
    const { phase, percent, result, stop, open } = follow(server.url('/a'), { body: { pages: 3 } })
    await opened('/a')
    progress('/a', 40)
    await vi.waitFor(() => expect(percent.value).toBe(40))
    stop()
    expect([phase.value, percent.value]).toEqual(['cancelled', 40])
    await opened('/a', 0)
    open()
    await opened('/a')
    end('/a', 'complete', { result: { pages: 3 } })
    await vi.waitFor(() => expect(result.value).toEqual({ pages: 3 }))
    open()
    await vi.waitFor(() => expect([phase.value, result.value]).toEqual(['running', undefined]))
    await opened('/a')
    expect(server.requests.map(({ method }) => method)).toEqual(['POST', 'POST', 'POST'])
  })

  it('shows nothing of one task while it follows another', async () => {
    const path = ref<string | null>('/a')
    const { phase, status, percent } = follow(() => path.value && server.url(path.value))
    await opened('/a')
    end('/a', 'complete', { result: { pages: 3 } })
    await vi.waitFor(() => expect(phase.value).toBe('complete'))
    path.value = '/b'
    await vi.waitFor(() => expect([phase.value, percent.value]).toEqual(['running', undefined]))
    await opened('/b')
    path.value = null
    await vi.waitFor(() => expect([status.value, phase.value]).toEqual(['idle', 'running']))
    await opened('/b', 0)
  })

  it('follows a job on its channel, from nothing to its end', async () => {
    const client = hub.client()
    const onComplete = vi.fn()
    const source = shallowRef<ProgressSource>(null)
    const { percent, message, phase, result } = follow(source, { client, onComplete })
    const report = hub.report('7')
    report.update(20, 'Printing')
    source.value = { channel: 'reports/7' }
    await vi.waitFor(() => expect([percent.value, message.value]).toEqual([20, 'Printing']))
    report.complete(3)
    await vi.waitFor(() => expect([phase.value, result.value]).toEqual(['complete', { pages: 3 }]))
    expect(onComplete).toHaveBeenCalledExactlyOnceWith({ pages: 3 })
    // The text that stands for a channel is no URL.
    expect(server.requests).toHaveLength(0)
    source.value = server.url('/a')
    await opened('/a')
    await vi.waitFor(() => expect([phase.value, result.value]).toEqual(['running', undefined]))
  })

  it('tells of the end of a job once, also where a KeepAlive has put the component aside', async () => {
    const client = hub.client()
    const onComplete = vi.fn()
    const isShown = ref(true)
    const Task = defineComponent(() => {
      const { phase } = useProgress<Report>({ channel: 'reports/7' }, { client, onComplete })
      return () => h('p', phase.value)
    })
    const { element } = mount(() => () => h(KeepAlive, () => (isShown.value ? h(Task) : undefined)))
    hub.report('7').complete(3)
    await vi.waitFor(() => expect(element.textContent).toBe('complete'))
    await vi.waitFor(() => expect(hub.hub.connectionCount).toBe(0))
    isShown.value = false
    await nextTick()
    isShown.value = true
    await nextTick()
    expect(element.textContent).toBe('complete')
    await new Promise((resolve) => setTimeout(resolve, 100))
    expect(onComplete).toHaveBeenCalledOnce()
    expect(hub.requests).toEqual(['GET'])
  })

  it('goes on with a job that it has stopped to follow', async () => {
    const client = hub.client()
    const report = hub.report('7')
    report.update(20)
    const { percent, phase, result, stop, open } = follow({ channel: 'reports/7' }, { client })
    await vi.waitFor(() => expect(percent.value).toBe(20))
    stop()
    expect(phase.value).toBe('cancelled')
    await hub.followed('reports/7', 0)
    open()
    await hub.followed('reports/7')
    report.complete(3)
    await vi.waitFor(() => expect(result.value).toEqual({ pages: 3 }))
  })

  it('wants a client for a channel', () => {
    expect(() => follow({ channel: 'reports/7' })).toThrow('Expected a client')
  })
})

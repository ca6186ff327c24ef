import { act, cleanup, render, screen, waitFor } from '@testing-library/react'
import type { SSEError } from '@tidewire/client'
import { Component, type ReactNode } from 'react'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { withEventServer } from '../../../test/withEventServer.ts'
import { withHubServer } from '../../../test/withHubServer.ts'
import { useEventStream, usePresence, useProgress, useSSEChannel } from './index.ts'

class Boundary extends Component<{ children: ReactNode }, { error?: SSEError }> {
  override state: { error?: SSEError } = {}
  static getDerivedStateFromError = (error: SSEError) => ({ error })
  override render() {
    const { error } = this.state
    return error ? `${error.name} ${error.code} ${error.status ?? ''}` : this.props.children
  }
}

const server = withEventServer(cleanup)
const hub = withHubServer(cleanup)

beforeEach(() => {
  // React reports what a boundary takes.
  vi.spyOn(console, 'error').mockReturnValue()
})

afterEach(() => {
  vi.restoreAllMocks()
})

/** Shows what `use` returns, in a boundary. */
function show(use: () => unknown) {
  const Page = () => String(use())
  return render(
    <Boundary>
      <Page />
    </Boundary>,
  )
}

describe('throwOnError', () => {
  it('gives an error boundary the failure that ends a stream', async () => {
    show(() => useEventStream(server.url('/status/404'), { throwOnError: true }).status)
    expect(await screen.findByText('SSEError http-status 404')).toBeDefined()
  })

  it('does so where the component reads neither status nor error', async () => {
    show(() => useEventStream(server.url('/status/404'), { throwOnError: true }).data)
    expect(await screen.findByText('SSEError http-status 404')).toBeDefined()
  })

  it('keeps what another attempt may mend from the boundary', async () => {
    const retry = { maxAttempts: 1, delay: 150, jitter: 'none' } as const
    const onError = vi.fn()
    show(() => useEventStream(server.url('/status/503'), { throwOnError: true, retry, onError }).status)
    await waitFor(() => expect(onError).toHaveBeenCalledTimes(1))
    expect(screen.queryByText(/SSEError/)).toBeNull()
    expect(await screen.findByText('SSEError http-status 503')).toBeDefined()
  })

  it('asks a function which failures are thrown', async () => {
    const throwOnError = ({ status }: SSEError) => status === 404
    show(() => useEventStream(server.url('/status/403'), { throwOnError }).closeReason)
    expect(await screen.findByText('denied')).toBeDefined()
    show(() => useEventStream(server.url('/status/404'), { throwOnError }).closeReason)
    expect(await screen.findByText('SSEError http-status 404')).toBeDefined()
  })

  it('throws nothing for a stream that was closed by hand, or is complete', async () => {
    let close = () => {}
    show(() => {
      const stream = useEventStream(server.url('/a'), { throwOnError: true, linger: 0 })
      close = stream.close
      return stream.closeReason
    })
    await server.opened('/a')
    act(() => close())
    expect(screen.getByText('manual')).toBeDefined()
    show(() => useEventStream(server.url('/b'), { throwOnError: true, linger: 0 }).closeReason)
    await server.opened('/b')
    server.open('/b')[0]?.close()
    expect(await screen.findByText('complete')).toBeDefined()
  })

  it('gives the boundary the refusal of a channel', async () => {
    const client = hub.client()
    show(() => useSSEChannel('secrets/1', { client, throwOnError: true }).data)
    expect(await screen.findByText('SSEError http-status 403')).toBeDefined()
  })

  it('gives the boundary the refusal of a channel whose members are shown', async () => {
    const client = hub.client()
    show(() => usePresence('secrets/1', { client, throwOnError: true }).count)
    expect(await screen.findByText('SSEError http-status 403')).toBeDefined()
  })

  it('gives the boundary the failure of a task', async () => {
    const client = hub.client()
    show(() => useProgress({ channel: 'reports/1' }, { client, throwOnError: true }).percent)
    hub.report('1').fail(new Error('No paper.'))
    expect(await screen.findByText('SSEError server')).toBeDefined()
  })
})

import {
  createSSEClient,
  SSEProvider,
  useEventStream,
  usePresence,
  useProgress,
  useSSEChannel,
  useSSEStatus,
} from '@tidewire/react'
import { Activity, Component, Profiler, type ReactNode, StrictMode } from 'react'
import { flushSync } from 'react-dom'
import { createRoot, type Root } from 'react-dom/client'
import { createRecord, events, nextFrame, type Shown, textOf, textOfError } from './uiPage.ts'

const client = createSSEClient({ linger: 0 })
const { commits, heard, commit, on } = createRecord()
let root: Root | undefined

function Ticks({ url = '/stream', linger, pauseWhenHidden, isInline, isGuarded }: Shown) {
  const { status, data } = useEventStream(url, {
    events,
    linger,
    pauseWhenHidden,
    on,
    throwOnError: isGuarded,
    ...(isInline && { headers: () => ({ 'X-Number': '1' }), retry: { delay: 100 }, onEvent: () => {} }),
  })
  return <p>{textOf(status, data)}</p>
}

class Boundary extends Component<{ children: ReactNode }, { error?: unknown }> {
  override state: { error?: unknown } = {}
  static getDerivedStateFromError = (error: unknown) => ({ error })
  override render() {
    return this.state.error ? textOfError(this.state.error) : this.props.children
  }
}

function Everything({ n }: { n: number }) {
  const { data } = useEventStream('/stream', { linger: 0, headers: {}, onEvent: () => {} })
  const channel = useSSEChannel(`orders/${n % 10}`, { reduce: (count: number) => count + 1, initialData: 0 })
  const { percent } = useProgress(n % 2 === 0 && '/stream', { linger: 0 })
  const { status } = useSSEStatus()
  const { count } = usePresence('rooms/lobby')
  return JSON.stringify([data, channel.data, percent, status, count])
}

globalThis.ui = {
  commits,
  heard,
  show({ count = 1, isAside, ...shown }) {
    root ??= createRoot(document.body)
    root.render(
      <StrictMode>
        <Profiler id="page" onRender={commit}>
          <Boundary>
            <Activity mode={isAside ? 'hidden' : 'visible'}>
              {Array.from({ length: count }, (_, key) => (
                <Ticks key={key} {...shown} />
              ))}
            </Activity>
          </Boundary>
        </Profiler>
      </StrictMode>,
    )
  },
  hide: () => root?.render(null),
  async cycle(times) {
    root ??= createRoot(document.body)
    for (let n = 0; n < times; n++) {
      flushSync(() =>
        root?.render(
          <SSEProvider client={client}>
            <Everything key={n} n={n} />
          </SSEProvider>,
        ),
      )
      // Some are there for long enough to connect.
      if (n % 20 === 0) await nextFrame()
      flushSync(() => root?.render(null))
    }
  },
}

import {
  createSSEClient,
  SSEProvider,
  useEventStream,
  usePresence,
  useProgress,
  useSSEChannel,
  useSSEStatus,
} from '@tidewire/react'
import { Profiler, StrictMode } from 'react'
import { flushSync } from 'react-dom'
import { createRoot, type Root } from 'react-dom/client'
import { createRecord, events, nextFrame, type Shown, textOf } from './uiPage.ts'

const client = createSSEClient({ linger: 0 })
const { commits, heard, commit, on } = createRecord()
let root: Root | undefined

function Ticks({ linger, pauseWhenHidden }: Shown) {
  const { status, data } = useEventStream('/stream', { events, linger, pauseWhenHidden, on })
  return <p>{textOf(status, data)}</p>
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
  show({ count = 1, ...shown }) {
    root ??= createRoot(document.body)
    root.render(
      <StrictMode>
        <Profiler id="page" onRender={commit}>
          {Array.from({ length: count }, (_, key) => (
            <Ticks key={key} {...shown} />
          ))}
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

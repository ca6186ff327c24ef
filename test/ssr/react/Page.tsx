import { createSSEClient, useEventStream, usePresence, useProgress, useSSEChannel, useSSEStatus } from '@tidewire/react'
import { channels, collectTicks, collectTitles, type PageState, ticks } from '../contract.ts'

// One for each page; on a server it does nothing.
const client = createSSEClient({ channels })

export function Page(state: PageState) {
  const stream = useEventStream('/api/ticks', {
    events: ticks,
    initialData: state.ticks,
    lastEventId: state.lastTick,
    reduce: collectTicks,
  })
  const order = useSSEChannel('orders/42', {
    client,
    initialData: state.titles,
    lastEventId: state.lastTitle,
    reduce: collectTitles,
  })
  const { status } = useSSEStatus({ client })
  const { count } = usePresence('orders/42', { client })
  const { phase } = useProgress(null)
  return (
    <main>
      <output id="ticks">{stream.data.join()}</output>
      <output id="titles">{order.data.join()}</output>
      <output id="status">{`${stream.status} ${order.status} ${status} ${count} ${phase}`}</output>
    </main>
  )
}

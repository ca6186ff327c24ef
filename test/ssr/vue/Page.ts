import { createSSE, useEventStream, usePresence, useProgress, useSSEChannel, useSSEStatus } from '@tidewire/vue'
import { type App, createSSRApp, defineComponent, h } from 'vue'
import { channels, collectTicks, collectTitles, type PageState, ticks } from '../contract.ts'

const Page = defineComponent(
  (state: PageState) => {
    const stream = useEventStream('/api/ticks', {
      events: ticks,
      initialData: state.ticks,
      lastEventId: state.lastTick,
      reduce: collectTicks,
    })
    const order = useSSEChannel('orders/42', {
      initialData: state.titles,
      lastEventId: state.lastTitle,
      reduce: (all: readonly string[], event) => collectTitles(all, event as { data: { title: string } }),
    })
    const { status } = useSSEStatus()
    const { count } = usePresence('orders/42')
    const { phase } = useProgress(null)
    return () =>
      h('main', [
        h('output', { id: 'ticks' }, stream.data.value.join()),
        h('output', { id: 'titles' }, order.data.value.join()),
        h(
          'output',
          { id: 'status' },
          `${stream.status.value} ${order.status.value} ${status.value} ${count.value} ${phase.value}`,
        ),
      ])
  },
  { props: ['ticks', 'lastTick', 'titles', 'lastTitle'] },
)

export function createPage(state: PageState): App {
  return createSSRApp(Page, { ...state }).use(createSSE({ channels }))
}

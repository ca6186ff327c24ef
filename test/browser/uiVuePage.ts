import {
  createSSE,
  createSSEClient,
  useEventStream,
  usePresence,
  useProgress,
  useSSEChannel,
  useSSEStatus,
} from '@tidewire/vue'
import { type App, createApp, defineComponent, h, onMounted, onUpdated } from 'vue'
import { createRecord, events, nextFrame, type Shown, textOf } from './uiPage.ts'

const client = createSSEClient({ linger: 0 })
const { commits, heard, commit, on } = createRecord()
let app: App | undefined

const Ticks = defineComponent(
  ({ linger, pauseWhenHidden }: Shown) => {
    const { status, data } = useEventStream('/stream', { events, linger, pauseWhenHidden, on })
    onMounted(commit)
    onUpdated(commit)
    return () => h('p', textOf(status.value, data.value))
  },
  { props: ['linger', 'pauseWhenHidden'] },
)

const Everything = defineComponent(
  ({ n }: { n: number }) => {
    const { data } = useEventStream('/stream', { linger: 0, headers: {}, onEvent: () => {} })
    const channel = useSSEChannel(() => `orders/${n % 10}`, { reduce: (count: number) => count + 1, initialData: 0 })
    const { percent } = useProgress(() => n % 2 === 0 && '/stream', { linger: 0 })
    const { status } = useSSEStatus()
    const { count } = usePresence('rooms/lobby')
    return () => JSON.stringify([data.value, channel.data.value, percent.value, status.value, count.value])
  },
  { props: ['n'] },
)

function mount(render: () => unknown): void {
  app = createApp({ render: () => h('main', render() as never) })
  app.use(createSSE(client)).mount(document.body)
}

function hide(): void {
  app?.unmount()
  app = undefined
}

globalThis.ui = {
  commits,
  heard,
  show: ({ count = 1, ...shown }) =>
    mount(() => Array.from({ length: count }, (_, key) => h(Ticks, { key, ...shown }))),
  hide,
  async cycle(times) {
    for (let n = 0; n < times; n++) {
      mount(() => [h(Everything, { n })])
      // Some are there for long enough to connect.
      if (n % 20 === 0) await nextFrame()
      hide()
    }
  },
}

import {
  createSSE,
  createSSEClient,
  useEventStream,
  usePresence,
  useProgress,
  useSSEChannel,
  useSSEStatus,
} from '@tidewire/vue'
import {
  type App,
  createApp,
  defineComponent,
  h,
  KeepAlive,
  onErrorCaptured,
  onMounted,
  onUpdated,
  shallowRef,
  watchEffect,
} from 'vue'
import { createRecord, events, nextFrame, type Shown, textOf, textOfError } from './uiPage.ts'

const client = createSSEClient({ linger: 0 })
const { commits, heard, commit, on } = createRecord()
const shown = shallowRef<Shown>({})
let app: App | undefined

const Ticks = defineComponent(
  (shown: Shown) => {
    const { status, data, error } = useEventStream(() => shown.url ?? '/stream', {
      events,
      linger: () => shown.linger,
      pauseWhenHidden: () => shown.pauseWhenHidden,
      on,
      // A getter that gives another object each time that it is asked.
      retry: () => (shown.isInline ? { delay: 100 } : undefined),
    })
    watchEffect(() => {
      if (shown.isGuarded && status.value === 'closed' && error.value) throw error.value
    })
    onMounted(commit)
    onUpdated(commit)
    return () => h('p', textOf(status.value, data.value))
  },
  { props: ['url', 'linger', 'pauseWhenHidden', 'isInline', 'isGuarded'] },
)

/** Shows what is asked for, and what it catches in place of it. */
const Page = defineComponent(() => {
  const failure = shallowRef<unknown>()
  onErrorCaptured((error) => {
    failure.value = error
    return false
  })
  return () => {
    if (failure.value) return textOfError(failure.value)
    const { count = 1, isAside, ...rest } = shown.value
    return Array.from({ length: count }, (_, key) =>
      h(KeepAlive, { key }, () => (isAside ? undefined : h(Ticks, { ...rest }))),
    )
  }
})

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
  show(next) {
    shown.value = next
    if (!app) mount(() => h(Page))
  },
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

import { eventTypes, useEventStream } from '@tidewire/vue'
import { useEventSource } from '@vueuse/core'
import { createApp, h, onMounted, onScopeDispose, onUpdated, ref, shallowRef, watch } from 'vue'
import type { Tick } from '../tick.ts'
import { committed, hear, parseTick, ROWS, type View } from './record.ts'

const events = eventTypes<{ tick: Tick }>()

function showLast(read: () => Tick | null | undefined) {
  const commit = () => committed(read() ?? undefined)
  onMounted(commit)
  onUpdated(commit)
  return () => h('p', read()?.text)
}

function showRows(read: () => readonly Tick[]) {
  const commit = () => committed(read().at(-1))
  onMounted(commit)
  onUpdated(commit)
  return () =>
    h(
      'ul',
      read().map(({ n, text }) => h('li', { key: n }, text)),
    )
}

/** What many write by hand. */
function useSource(onTick: (tick: Tick) => void): void {
  const source = new EventSource('/stream')
  source.addEventListener('tick', ({ data }) => onTick(parseTick(data)))
  onScopeDispose(() => source.close())
}

const setups: Record<string, Record<View, () => () => unknown>> = {
  ref: {
    last() {
      const tick = ref<Tick>()
      useSource((next) => {
        tick.value = next
      })
      return showLast(() => tick.value)
    },
    tail() {
      const ticks = ref<Tick[]>([])
      useSource((tick) => {
        ticks.value.push(tick)
        if (ticks.value.length > ROWS) ticks.value.shift()
      })
      return showRows(() => ticks.value)
    },
  },
  Tidewire: {
    last() {
      const { data } = useEventStream('/stream', { events, onEvent: hear })
      return showLast(() => data.value)
    },
    tail() {
      const { recent } = useEventStream('/stream', { events, recent: ROWS, onEvent: hear })
      return showRows(() => recent.value.map(({ data }) => data))
    },
  },
  VueUse: {
    last() {
      const { data } = useEventSource<['tick'], Tick>('/stream', ['tick'], { serializer: { read: parseTick } })
      return showLast(() => data.value)
    },
    tail() {
      const { data } = useEventSource<['tick'], Tick>('/stream', ['tick'], { serializer: { read: parseTick } })
      const ticks = shallowRef<readonly Tick[]>([])
      // It has the last event alone: whoever wants each of them looks at once.
      watch(
        data,
        (tick) => {
          if (tick) ticks.value = [...ticks.value, tick].slice(-ROWS)
        },
        { flush: 'sync' },
      )
      return showRows(() => ticks.value)
    },
  },
}

/** Shows the stream in Vue. */
export function showInVue(contender: string, view: View): void {
  const setup = setups[contender]?.[view]
  if (setup) createApp({ setup }).mount(document.body)
}

import {
  createSSE,
  createSSEClient,
  eventTypes,
  type Member,
  provideSSE,
  usePresence,
  useProgress,
  useSSEChannel,
} from '@tidewire/vue'
import { liveQueryOptions, upsertById } from '@tidewire/vue/query'
import { expectTypeOf, test } from 'vitest'
import { computed, type Ref, ref } from 'vue'

interface Order {
  id: string
  title: string
}

const channels = {
  'orders/:id': { updated: eventTypes<Order>(), removed: eventTypes<{ id: string }>() },
  'orders/latest': eventTypes<{ message: number }>(),
  metrics: { message: eventTypes<{ load: number }>() },
}

declare module '@tidewire/vue' {
  interface Register {
    channels: typeof channels
  }
}

type Shown<T> = Readonly<Ref<T>>

test('knows the events of a channel by its name', () => {
  const { data, lastEvent } = useSSEChannel('orders/42', {
    on: {
      updated: (order, event) => {
        expectTypeOf(order).toEqualTypeOf<Order>()
        expectTypeOf(event.event).toEqualTypeOf<'updated'>()
      },
      // @ts-expect-error there is no such event
      update: () => {},
    },
  })
  expectTypeOf(data).toEqualTypeOf<Shown<Order | { id: string } | undefined>>()
  if (lastEvent.value?.event === 'updated') expectTypeOf(lastEvent.value.data).toEqualTypeOf<Order>()
})

test('takes the pattern that fits best', () => {
  expectTypeOf(useSSEChannel('orders/latest').data).toEqualTypeOf<Shown<number | undefined>>()
  expectTypeOf(useSSEChannel('metrics').data).toEqualTypeOf<Shown<{ load: number } | undefined>>()
})

test('refuses a name that no pattern fits', () => {
  // @ts-expect-error no pattern begins so
  useSSEChannel('order/42')
  // @ts-expect-error no pattern begins so
  useSSEChannel(() => 'order/42')
  // @ts-expect-error no pattern begins so
  usePresence('order/42')
})

test('knows no events of a name that is too long for its pattern', () => {
  expectTypeOf(useSSEChannel('orders/42/items').data).toEqualTypeOf<Shown<undefined>>()
})

test('takes a getter or a ref, and a name that may be missing or is made of parts', () => {
  const id = ref('42')
  const isShown = ref(true)
  const names = {
    getter: () => isShown.value && (`orders/${id.value}` as const),
    computed: computed(() => (isShown.value ? (`orders/${id.value}` as const) : null)),
  }
  expectTypeOf(useSSEChannel(names.getter).data).toEqualTypeOf<Shown<Order | { id: string } | undefined>>()
  expectTypeOf(useSSEChannel(names.computed).data).toEqualTypeOf<Shown<Order | { id: string } | undefined>>()
  expectTypeOf(useSSEChannel(() => `orders/${id.value}`).data).toEqualTypeOf<
    Shown<Order | { id: string } | undefined>
  >()
  expectTypeOf(useSSEChannel(() => isShown.value && 'metrics').data).toEqualTypeOf<
    Shown<{ load: number } | undefined>
  >()
})

test('makes data of what `reduce` returns', () => {
  const { data } = useSSEChannel('metrics', {
    initialData: 0,
    reduce: (max: number, { data }) => Math.max(max, data.load),
  })
  expectTypeOf(data).toEqualTypeOf<Shown<number>>()
})

test('is overridden by a client of another contract', () => {
  const client = createSSEClient({ channels: { chat: eventTypes<{ message: string }>() } })
  expectTypeOf(useSSEChannel('chat', { client }).data).toEqualTypeOf<Shown<string | undefined>>()
  // @ts-expect-error that is in the other contract
  useSSEChannel('metrics', { client })
  expectTypeOf(usePresence('chat', { client }).members).toEqualTypeOf<Shown<readonly Member[]>>()
})

test('has the members of any channel', () => {
  expectTypeOf(usePresence('orders/42').count).toEqualTypeOf<Shown<number>>()
})

test('asks of a task what it returns', () => {
  const { result } = useProgress<{ pages: number }>(() => ({ channel: 'reports/1' }))
  expectTypeOf(result).toEqualTypeOf<Shown<{ pages: number } | undefined>>()
})

test('provides a client, or the options of one', () => {
  createSSE()
  createSSE({ channels, url: '/events' })
  createSSE(createSSEClient({ channels }))
  provideSSE(createSSEClient({ channels }))
  // @ts-expect-error there is no such option
  createSSE({ adress: '/events' })
  // @ts-expect-error that is no client
  provideSSE({})
})

test('knows what each event brings to a query', () => {
  const options = { queryKey: ['order', '42'], queryFn: async (): Promise<Order> => ({ id: '42', title: '' }) }
  const live = liveQueryOptions(options, {
    channel: 'orders/42',
    rules: {
      updated(old, next) {
        expectTypeOf(old).toEqualTypeOf<Order>()
        expectTypeOf(next).toEqualTypeOf<Order>()
        return next
      },
      removed: upsertById(),
    },
  })
  expectTypeOf(live).toEqualTypeOf<typeof options>()
  // @ts-expect-error no pattern begins so
  liveQueryOptions(options, { channel: 'order/42', rules: {} })
})

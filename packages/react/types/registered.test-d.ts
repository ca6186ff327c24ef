import { createSSEClient, eventTypes, type SSEPresence, usePresence, useProgress, useSSEChannel } from '@tidewire/react'
import { liveQueryOptions, upsertById } from '@tidewire/react/query'
import { expectTypeOf, test } from 'vitest'

interface Order {
  id: string
  title: string
}

const channels = {
  'orders/:id': { updated: eventTypes<Order>(), removed: eventTypes<{ id: string }>() },
  'orders/latest': eventTypes<{ message: number }>(),
  metrics: { message: eventTypes<{ load: number }>() },
}

declare module '@tidewire/react' {
  interface Register {
    channels: typeof channels
  }
}

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
  expectTypeOf(data).toEqualTypeOf<Order | { id: string } | undefined>()
  if (lastEvent?.event === 'updated') expectTypeOf(lastEvent.data).toEqualTypeOf<Order>()
})

test('takes the pattern that fits best', () => {
  expectTypeOf(useSSEChannel('orders/latest').data).toEqualTypeOf<number | undefined>()
  expectTypeOf(useSSEChannel('metrics').data).toEqualTypeOf<{ load: number } | undefined>()
})

test('refuses a name that no pattern fits', () => {
  // @ts-expect-error no pattern begins so
  useSSEChannel('order/42')
  // @ts-expect-error no pattern begins so
  usePresence('order/42')
})

test('knows no events of a name that is too long for its pattern', () => {
  expectTypeOf(useSSEChannel('orders/42/items').data).toEqualTypeOf<undefined>()
})

test('takes a name that may be missing, or is made of parts', () => {
  const id = '42' as string
  const isShown = Math.random() > 0.5
  expectTypeOf(useSSEChannel(isShown && `orders/${id}`).data).toEqualTypeOf<Order | { id: string } | undefined>()
  expectTypeOf(useSSEChannel(isShown ? 'metrics' : null).data).toEqualTypeOf<{ load: number } | undefined>()
})

test('makes data of what `reduce` returns', () => {
  const { data } = useSSEChannel('metrics', {
    initialData: 0,
    reduce: (max: number, { data }) => Math.max(max, data.load),
  })
  expectTypeOf(data).toEqualTypeOf<number>()
})

test('is overridden by a client of another contract', () => {
  const client = createSSEClient({ channels: { chat: eventTypes<{ message: string }>() } })
  expectTypeOf(useSSEChannel('chat', { client }).data).toEqualTypeOf<string | undefined>()
  // @ts-expect-error that is in the other contract
  useSSEChannel('metrics', { client })
  expectTypeOf(usePresence('chat', { client })).toEqualTypeOf<SSEPresence>()
})

test('has the members of any channel', () => {
  expectTypeOf(usePresence('orders/42').count).toEqualTypeOf<number>()
})

test('asks of a task what it returns', () => {
  const { result } = useProgress<{ pages: number }>({ channel: 'reports/1' })
  expectTypeOf(result).toEqualTypeOf<{ pages: number } | undefined>()
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

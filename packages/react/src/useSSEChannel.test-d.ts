import { expectTypeOf, test } from 'vitest'
import { number } from '../../client/test/schemas.ts'
import { createSSEClient, eventTypes, type SSEMessage, type SSEPresence, useSSEChannel } from './index.ts'

interface Order {
  title: string
}

const client = createSSEClient({
  channels: {
    'orders/:id': { updated: eventTypes<Order>(), removed: eventTypes<{ id: string }>() },
    load: { message: number },
  },
})

test('infers the events of a channel from the contract of the client', () => {
  const { data, lastEvent, presence } = useSSEChannel('orders/42', {
    client,
    on: {
      updated: (order, event) => {
        expectTypeOf(order).toEqualTypeOf<Order>()
        expectTypeOf(event).toEqualTypeOf<SSEMessage<'updated', Order>>()
      },
      // @ts-expect-error there is no such event
      update: () => {},
    },
  })
  expectTypeOf(data).toEqualTypeOf<Order | { id: string } | undefined>()
  if (lastEvent?.event === 'removed') expectTypeOf(lastEvent.data).toEqualTypeOf<{ id: string }>()
  expectTypeOf(presence).toEqualTypeOf<SSEPresence | undefined>()
})

test('refuses a handler of another payload', () => {
  // @ts-expect-error what was removed has no title
  useSSEChannel('orders/42', { client, on: { removed: (order: Order) => order } })
})

test('has the output of schemas', () => {
  const { data } = useSSEChannel('load', {
    client,
    onMessage: (load) => expectTypeOf(load).toEqualTypeOf<number>(),
  })
  expectTypeOf(data).toEqualTypeOf<number | undefined>()
})

test('takes what `reduce` makes, and no other initial data', () => {
  const { data } = useSSEChannel('load', {
    client,
    initialData: [0],
    reduce: (all: number[], { data }) => [...all, data],
  })
  expectTypeOf(data).toEqualTypeOf<number[]>()
  // @ts-expect-error what there is at first is no text
  useSSEChannel('load', { client, initialData: '', reduce: (all: number[], { data }) => [...all, data] })
})

test('knows what is shown before the first event, and what after it', () => {
  const { data } = useSSEChannel('load', { client, initialData: null })
  expectTypeOf(data).toEqualTypeOf<number | null>()
})

test('refuses channels, options and headers that there are not', () => {
  // @ts-expect-error no pattern fits
  useSSEChannel('users/42', { client })
  // @ts-expect-error a number is no channel
  useSSEChannel(42, { client })
  // @ts-expect-error how the hub is asked, the client knows
  useSSEChannel('load', { client, headers: {} })
  // @ts-expect-error that is no client
  useSSEChannel('load', { client: {} })
})

test('takes any channel where nothing is registered, and leaves its payloads unknown', () => {
  const { data } = useSSEChannel('anything/at/all', { on: { whatever: (data) => expectTypeOf(data).toBeUnknown() } })
  expectTypeOf(data).toBeUnknown()
})

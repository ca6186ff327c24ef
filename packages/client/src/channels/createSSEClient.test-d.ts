import {
  type AnySSEClient,
  channelName,
  type CloseReason,
  createSSEClient,
  eventTypes,
  type Gap,
  type ProgressEvents,
  type SSEClient,
  type SSEError,
  type SSEMessage,
  type SSEPresence,
  type SSESubscription,
  type SSESubscriptionState,
} from '@tidewire/client'
import { describe, expectTypeOf, it } from 'vitest'
import { number } from '../../test/schemas.ts'

interface Order {
  status: string
}

/** An interface, which has no index signature. */
interface UserEvents {
  renamed: { name: string }
  left: null
}

const channels = {
  'orders/:id': { updated: eventTypes<Order>(), removed: eventTypes<{ id: string }>(), total: number },
  'orders/:id/items/:item': eventTypes<{ message: string }>(),
  'users/:id': eventTypes<UserEvents>(),
  'users/me': eventTypes<{ secret: string }>(),
  'jobs/:id': eventTypes<ProgressEvents<{ url: string }>>(),
  load: { message: number },
}
const client = createSSEClient({ channels })

describe('subscribe', () => {
  it('types handlers and payloads by the pattern that the name fits', () => {
    const order = client.subscribe('orders/42', {
      on: {
        updated(data, event) {
          expectTypeOf(data).toEqualTypeOf<Order>()
          expectTypeOf(event).toEqualTypeOf<SSEMessage<'updated', Order>>()
        },
        total: (data) => expectTypeOf(data).toEqualTypeOf<number>(),
      },
      onEvent(event) {
        if (event.event === 'removed') expectTypeOf(event.data).toEqualTypeOf<{ id: string }>()
        else expectTypeOf(event.data).toEqualTypeOf<Order | number>()
      },
      onUnknownEvent: (event) => expectTypeOf(event).toEqualTypeOf<SSEMessage>(),
      onGap: (gap) => expectTypeOf(gap).toEqualTypeOf<Gap>(),
      onClose: (reason) => expectTypeOf(reason).toEqualTypeOf<CloseReason>(),
      onPresence: (presence) => expectTypeOf(presence).toEqualTypeOf<SSEPresence>(),
    })
    expectTypeOf(order.data).toEqualTypeOf<Order | { id: string } | number | undefined>()
    expectTypeOf(order.presence).toEqualTypeOf<SSEPresence | undefined>()
    expectTypeOf(order.channel).toEqualTypeOf<string>()
    const items = client.subscribe('orders/42/items/7', {
      onMessage: (data) => expectTypeOf(data).toEqualTypeOf<string>(),
    })
    expectTypeOf(items).toEqualTypeOf<SSESubscription<{ message: string }>>()
    expectTypeOf(items.getSnapshot()).toEqualTypeOf<SSESubscriptionState<{ message: string }>>()
    expectTypeOf(client.subscribe('load').data).toEqualTypeOf<number | undefined>()
    expectTypeOf(client.subscribe('jobs/1').on).parameter(0).toEqualTypeOf<keyof ProgressEvents>()
  })

  it('prefers text to a parameter', () => {
    expectTypeOf(client.subscribe('users/me')).toEqualTypeOf<SSESubscription<{ secret: string }>>()
    expectTypeOf(client.subscribe('users/42')).toEqualTypeOf<SSESubscription<UserEvents>>()
  })

  it('takes names that are known in part, and those that are made of a pattern', () => {
    const id = String(42)
    expectTypeOf(client.subscribe(`users/${id}`)).toEqualTypeOf<SSESubscription<UserEvents>>()
    expectTypeOf(client.subscribe(channelName('users/:id', { id }))).toEqualTypeOf<SSESubscription<UserEvents>>()
  })

  it('refuses events that the channel does not have', () => {
    const user = client.subscribe('users/42')
    // @ts-expect-error It is an event of orders.
    user.on('updated', () => {})
    // @ts-expect-error The payload is another.
    user.on('renamed', (data: string) => data)
    // @ts-expect-error It is an event of orders.
    client.subscribe('users/42', { on: { updated: () => {} } })
    // @ts-expect-error The contract says how payloads are read.
    client.subscribe('users/42', { parse: 'json' })
  })

  it('refuses names that fit no pattern', () => {
    // @ts-expect-error There is no such channel.
    client.subscribe('news')
    // @ts-expect-error It is no text.
    client.subscribe(42)
    // @ts-expect-error There may be none.
    client.subscribe(null)
    // @ts-expect-error It may be any name.
    client.subscribe(String(42))
    // A template that `${string}` lets through, and that has another depth: it has no events.
    expectTypeOf(client.subscribe('users/42/likes').data).toEqualTypeOf<undefined>()
  })
})

describe('on', () => {
  it('of a subscription types each event by its name', () => {
    const order = client.subscribe('orders/42')
    const off = order.on('updated', (data, event) => {
      expectTypeOf(data).toEqualTypeOf<Order>()
      expectTypeOf(event).toEqualTypeOf<SSEMessage<'updated', Order>>()
    })
    expectTypeOf(off).toEqualTypeOf<() => void>()
    order.on('total', (data) => expectTypeOf(data).toEqualTypeOf<number>())
    client.subscribe('users/1').on('left', (data) => expectTypeOf(data).toEqualTypeOf<null>())
    client.subscribe('jobs/1').on('complete', ({ result }) => expectTypeOf(result).toEqualTypeOf<{ url: string }>())
  })

  it('of a client types what it tells of its connection', () => {
    client.on('reconnecting', ({ attempt, delay }) =>
      expectTypeOf({ attempt, delay }).toEqualTypeOf<{ attempt: number; delay: number }>(),
    )
    client.on('error', (error) => expectTypeOf(error).toEqualTypeOf<SSEError>())
    expectTypeOf(client.on('connected', () => {})).toEqualTypeOf<() => void>()
    // @ts-expect-error It says nothing more.
    client.on('disconnected', (reason: string) => reason)
    // @ts-expect-error There is no such event.
    client.on('open', () => {})
  })

  it('types what is iterated over', async () => {
    for await (const event of client.subscribe('orders/42')) {
      if (event.event === 'updated') expectTypeOf(event.data).toEqualTypeOf<Order>()
    }
  })
})

describe('reduce', () => {
  it('types `data` by what it makes of the events', () => {
    const orders = client.subscribe('orders/42', {
      initialData: [] as string[],
      reduce(all, event) {
        expectTypeOf(all).toEqualTypeOf<string[]>()
        return event.event === 'updated' ? [...all, event.data.status] : all
      },
    })
    expectTypeOf(orders.data).toEqualTypeOf<string[]>()
    expectTypeOf(orders.getSnapshot().data).toEqualTypeOf<string[]>()
    client.subscribe('orders/42', {
      initialData: [] as string[],
      // @ts-expect-error Not a list.
      reduce: (all, { text }) => text,
    })
  })
})

describe('a client', () => {
  it('without a contract takes any name, and knows no payload', () => {
    const any = createSSEClient()
    expectTypeOf(any).toEqualTypeOf<SSEClient>()
    const one = any.subscribe(String(42), { on: { updated: (data) => expectTypeOf(data).toEqualTypeOf<unknown>() } })
    expectTypeOf(one.data).toEqualTypeOf<unknown>()
    one.on('anything', (data) => expectTypeOf(data).toEqualTypeOf<unknown>())
  })

  it('with one is a client, whatever its contract', () => {
    expectTypeOf(client).toExtend<AnySSEClient>()
    expectTypeOf(client).toEqualTypeOf<SSEClient<typeof channels>>()
    expectTypeOf(createSSEClient()).toExtend<AnySSEClient>()
  })

  it('refuses a contract that is none, and what only a stream has', () => {
    // @ts-expect-error Events are no text.
    createSSEClient({ channels: { news: 'updated' } })
    // @ts-expect-error It asks by GET.
    createSSEClient({ method: 'POST' })
    // @ts-expect-error Each channel has its own.
    createSSEClient({ lastEventId: 'a' })
    // @ts-expect-error It asks for nothing but channels.
    client.open({ headers: {} })
    // @ts-expect-error A promise is no answer.
    createSSEClient({ retry: { when: async () => true } })
  })
})

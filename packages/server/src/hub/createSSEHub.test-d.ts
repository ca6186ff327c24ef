import { eventTypes, type StandardSchema } from '@tidewire/protocol'
import { expectTypeOf } from 'vitest'
import { createSSEHub } from './createSSEHub.ts'
import type { SSEAuthorize } from './channelConfig.ts'

interface User {
  id: string
  orders: string[]
}

interface UserEvents {
  renamed: { name: string }
}

declare const orderSchema: StandardSchema<{ placed: string }, { placed: Date }>

const channels = {
  'orders/:id': { updated: orderSchema, removed: eventTypes<{ id: string }>() },
  'users/:id': eventTypes<UserEvents>(),
  'users/me': eventTypes<{ secret: string }>(),
  metrics: eventTypes<{ message: { cpu: number }; removed: { id: string; at: number } }>(),
}

const hub = createSSEHub({
  channels,
  context: async (request) => ({ user: { id: request.url, orders: [] } as User }),
  identify: ({ user }) => user.id,
  expiresAt: () => undefined,
})

// Context and parameters reach `authorize`, which may stand by itself.
hub.channel('orders/:id', ({ user }, { id }) => user.orders.includes(id))
hub.channel('users/:id', {
  authorize: async ({ user }, params) => {
    expectTypeOf(params).toEqualTypeOf<{ readonly id: string }>()
    return user.id === params.id
  },
  terminal: ['renamed'],
})
hub.channel('users/me')
hub.channel('metrics', {
  heartbeat: 5_000,
  retain: 'last',
  async *source({ params, signal }) {
    expectTypeOf(signal).toEqualTypeOf<AbortSignal>()
    expectTypeOf(params).toEqualTypeOf<{}>()
    yield { data: { cpu: 1 } }
  },
})

// Parsed parameters reach `resolve`, and what it finds reaches `authorize`.
declare const numeric: StandardSchema<{ readonly id: string }, { id: number }>
hub.channel('orders/:id', {
  params: numeric,
  resolve: async ({ id }) => (id > 0 ? { total: id } : undefined),
  authorize: ({ user }, { id }, order) => {
    expectTypeOf(id).toEqualTypeOf<number>()
    expectTypeOf(order).toEqualTypeOf<{ total: number }>()
    return user.orders.length > order.total
  },
})

// @ts-expect-error: no pattern of the contract.
hub.channel('teams/:id')
// @ts-expect-error: no event of the channel.
hub.channel('metrics', { terminal: ['done'] })
// @ts-expect-error: a truthy value is no leave.
hub.channel('users/:id', ({ user }) => user)

// A publish is checked by the channel that the name fits.
void hub.to('orders/42').send('updated', { placed: '2026-11-21' })
void hub
  .to(`orders/${'42' as string}`)
  .except('u1', { origin: 'tab' }, { identity: 'u1' }, null, undefined)
  .send('removed', { id: '42' }, { key: 'k' })
void hub.to('users/me').send('secret', 'text')
void hub.to('metrics').data({ cpu: 0.5 })
// @ts-expect-error: schemas take their input.
void hub.to('orders/42').send('updated', { placed: new Date() })
// @ts-expect-error: of another channel.
void hub.to('users/42').send('secret', 'text')
// @ts-expect-error: no channel has that name.
void hub.to('teams/1')
// @ts-expect-error: too deep for its pattern.
void hub.to('orders/42/items').send('updated', { placed: '' })
// @ts-expect-error: the channel has no `message`.
void hub.to('orders/42').data({})

// On several channels, only what all of them take.
void hub.to('orders/42', 'metrics').send('removed', { id: '42', at: 1 })
// @ts-expect-error: one of them has no such event.
void hub.to('orders/42', 'metrics').send('updated', { placed: '' })
// @ts-expect-error: one of them wants more.
void hub.to('orders/42', 'metrics').send('removed', { id: '42' })

hub.disconnect(({ context }) => context.user.id === 'u1')
hub.disconnect({ identity: 'u1' })
hub.revoke('orders/42', { identity: 'u1' })
expectTypeOf(hub.subscriberCount('metrics')).toEqualTypeOf<number>()

// Without a contract, any names and any payloads.
const open = createSSEHub()
open.channel('chat/:room', (context, { room }) => {
  expectTypeOf(context).toEqualTypeOf<undefined>()
  return room.length > 1
})
void open.to('chat/1').send('message', { text: 'hello' })
void open.to('chat/1').data('hello')

const onlyAdmins: SSEAuthorize<{ user: User }> = ({ user }) => user.id === 'admin'
hub.channel('metrics', onlyAdmins)

import { expectTypeOf } from 'vitest'
import {
  channelName,
  type ChannelInput,
  type ChannelMatch,
  type ChannelName,
  type ChannelNameOf,
  type ChannelOutput,
  type ChannelParams,
  type Contract,
  eventTypes,
  type EventTypes,
  type StandardSchema,
} from './index.ts'

// The parameters of a pattern.
expectTypeOf<ChannelParams<'orders/:id/items/:item'>>().toEqualTypeOf<{ readonly id: string; readonly item: string }>()
expectTypeOf<ChannelParams<string>>().toEqualTypeOf<{ readonly [name: string]: string }>()

// The names of a pattern, and of a contract.
expectTypeOf<ChannelNameOf<'orders/:id/items/:item'>>().toEqualTypeOf<`orders/${string}/items/${string}`>()
expectTypeOf<ChannelNameOf<'news'>>().toEqualTypeOf<'news'>()
expectTypeOf<ChannelName<{ news: unknown; 'orders/:id': unknown }>>().toEqualTypeOf<'news' | `orders/${string}`>()
expectTypeOf<ChannelName<Contract>>().toEqualTypeOf<string>()

// The pattern of a name: text beats a parameter from the left, and a wrong depth is never.
type Patterns =
  | 'news'
  | 'users/me'
  | 'users/:id'
  | 'users/:id/posts'
  | 'users/me/:tab'
  | ':x/b'
  | 'a/:x'
  | ':x/b/:y'
  | 'a/d/:x'
  | ':p/:q/:r/f'
expectTypeOf<ChannelMatch<'news', Patterns>>().toEqualTypeOf<'news'>()
expectTypeOf<ChannelMatch<'users/me', Patterns>>().toEqualTypeOf<'users/me'>()
expectTypeOf<ChannelMatch<'users/42', Patterns>>().toEqualTypeOf<'users/:id'>()
expectTypeOf<ChannelMatch<'users/me/posts', Patterns>>().toEqualTypeOf<'users/me/:tab'>()
expectTypeOf<ChannelMatch<'users/42/posts', Patterns>>().toEqualTypeOf<'users/:id/posts'>()
expectTypeOf<ChannelMatch<'a/b', Patterns>>().toEqualTypeOf<'a/:x'>()
expectTypeOf<ChannelMatch<'a/b/c', Patterns>>().toEqualTypeOf<':x/b/:y'>()
expectTypeOf<ChannelMatch<'a/d/e', Patterns>>().toEqualTypeOf<'a/d/:x'>()
expectTypeOf<ChannelMatch<'a/d/e/f', Patterns>>().toEqualTypeOf<':p/:q/:r/f'>()
expectTypeOf<ChannelMatch<'users/:id', Patterns>>().toEqualTypeOf<'users/:id'>()
expectTypeOf<ChannelMatch<'users/a:b', Patterns>>().toEqualTypeOf<'users/:id'>()
expectTypeOf<ChannelMatch<'users', Patterns>>().toBeNever()
expectTypeOf<ChannelMatch<'users/42/likes', Patterns>>().toBeNever()
expectTypeOf<ChannelMatch<'users/42/posts/1', Patterns>>().toBeNever()
expectTypeOf<ChannelMatch<'users/', Patterns>>().toBeNever()
expectTypeOf<ChannelMatch<'/b', Patterns>>().toBeNever()
expectTypeOf<ChannelMatch<'news/', Patterns>>().toBeNever()
expectTypeOf<ChannelMatch<'', Patterns>>().toBeNever()
expectTypeOf<ChannelMatch<never, Patterns>>().toBeNever()

// Several names, names that are known in part, and patterns that are not known.
expectTypeOf<ChannelMatch<'news' | 'users/1' | 'users/1/x', Patterns>>().toEqualTypeOf<'news' | 'users/:id'>()
expectTypeOf<ChannelMatch<`users/${string}`, Patterns>>().toEqualTypeOf<'users/:id'>()
expectTypeOf<ChannelMatch<`users/${number}/posts`, Patterns>>().toEqualTypeOf<'users/:id/posts'>()
expectTypeOf<ChannelMatch<`users/${string}/likes`, Patterns>>().toBeNever()
expectTypeOf<ChannelMatch<string, ':x'>>().toEqualTypeOf<':x'>()
expectTypeOf<ChannelMatch<'news', string>>().toEqualTypeOf<string>()

// The events of a channel: the server has what schemas take, the client what they give.
interface UserEvents {
  renamed: { name: string }
  left: null
}
declare const placed: StandardSchema<string, Date>
const channels = {
  'orders/:id': { placed, removed: eventTypes<{ by: string }>() },
  'users/:id': eventTypes<UserEvents>(),
  'users/me': eventTypes<{ secret: string }>(),
}
type Channels = typeof channels
expectTypeOf<ChannelInput<Channels, 'orders/42'>>().toEqualTypeOf<{ placed: string; removed: { by: string } }>()
expectTypeOf<ChannelOutput<Channels, 'orders/42'>>().toEqualTypeOf<{ placed: Date; removed: { by: string } }>()
expectTypeOf<ChannelInput<Channels, 'users/42'>>().toEqualTypeOf<UserEvents>()
expectTypeOf<ChannelOutput<Channels, `users/${string}`>>().toEqualTypeOf<UserEvents>()
expectTypeOf<ChannelOutput<Channels, 'users/me'>>().toEqualTypeOf<{ secret: string }>()
expectTypeOf<ChannelInput<Channels, 'orders/42/items'>>().toBeNever()
expectTypeOf<ChannelOutput<Channels, 'orders/42/items'>>().toBeNever()
expectTypeOf<ChannelInput<Contract, 'orders/42'>>().toEqualTypeOf<Record<string, unknown>>()
expectTypeOf<ChannelOutput<Contract, string>>().toEqualTypeOf<Record<string, unknown>>()

// Interfaces fit wherever types do.
interface OrderSchemas {
  placed: StandardSchema<string, Date>
}
interface InterfaceChannels {
  readonly 'orders/:id': OrderSchemas
  readonly 'users/:id': EventTypes<UserEvents>
}
expectTypeOf<ChannelName<InterfaceChannels>>().toEqualTypeOf<`orders/${string}` | `users/${string}`>()
expectTypeOf<ChannelInput<InterfaceChannels, 'orders/1'>>().toEqualTypeOf<{ placed: string }>()
expectTypeOf<ChannelOutput<InterfaceChannels, 'orders/1'>>().toEqualTypeOf<{ placed: Date }>()

// As a constraint, a contract lets in what it must and tells the rest where it is wrong.
declare function takeContract<C extends Contract<C> = Contract>(options: { channels?: C | undefined }): C
declare const interfaceChannels: InterfaceChannels
expectTypeOf(takeContract({ channels })).toEqualTypeOf<Channels>()
expectTypeOf(takeContract({ channels: interfaceChannels })).toEqualTypeOf<InterfaceChannels>()
expectTypeOf(takeContract({})).toEqualTypeOf<Contract>()
// @ts-expect-error -- events are no text
takeContract({ channels: { news: 'updated' } })
// @ts-expect-error -- a payload is a schema or eventTypes()
takeContract({ channels: { ...channels, news: { updated: { title: 'text' } } } })

// A name is made of all parameters of its pattern, and fits the contract.
expectTypeOf(
  channelName('orders/:id/items/:item', { id: 42, item: 'a/b' }),
).toEqualTypeOf<`orders/${string}/items/${string}`>()
expectTypeOf(channelName('orders/:id', { id: 1n })).toExtend<ChannelName<Channels>>()
expectTypeOf(channelName('news', {})).toEqualTypeOf<'news'>()
// @ts-expect-error -- no `item`
channelName('orders/:id/items/:item', { id: '42' })
// @ts-expect-error -- no such parameter
channelName('orders/:id', { id: '42', item: 'a' })
// @ts-expect-error -- may be missing
channelName('orders/:id', { id: undefined as string | undefined })

import type { EventTypes } from './eventTypes.ts'
import type { StandardSchema } from './standardSchema.ts'

/**
 * The channels of a hub: for each pattern its events, as types or as a map of schemas. As a constraint it is written
 * `C extends Contract<C>`, which lets an interface in; alone it is a contract of which nothing is known.
 *
 * @example
 * const channels = {
 *   'orders/:id': { updated: z.object({ status: z.string() }), removed: eventTypes<{ by: string }>() },
 *   'users/:id': eventTypes<UserEvents>(),
 * }
 */
export type Contract<C = Record<string, unknown>> = {
  readonly [P in keyof C]: EventTypes<object> | { readonly [Name in keyof C[P]]: StandardSchema }
}

/** The parameters of a pattern: `{ id: string }` of `orders/:id`. */
export type ChannelParams<P extends string> = { readonly [Name in string extends P ? string : ParamName<P>]: string }

type ParamName<P extends string> = P extends `${infer Head}/${infer Tail}`
  ? ParamName<Head> | ParamName<Tail>
  : P extends `:${infer Name}`
    ? Name
    : never

/**
 * The names that fit a pattern: `orders/${string}` of `orders/:id`. Names of a wrong depth are among them, since no type
 * of text can exclude a slash; {@link ChannelMatch} of those is never.
 */
export type ChannelNameOf<P extends string> = P extends `${infer Head}/${infer Tail}`
  ? `${ChannelNameOf<Head>}/${ChannelNameOf<Tail>}`
  : P extends `:${string}`
    ? string
    : P

/** The names of all channels of a contract. */
export type ChannelName<C> = { [P in keyof C & string]: ChannelNameOf<P> }[keyof C & string]

/**
 * The pattern, one of `P`, that a name fits, by the rules of `PatternMap`; never where none does. A name that is only
 * known in part, such as `users/${string}`, fits no text in that place: it is taken for `users/:id`, not for `users/me`.
 */
export type ChannelMatch<N extends string, P extends string> = string extends P
  ? P
  : Find<`${N}/`, { [K in P]: `${K}/` }>

/** The events of a channel with what the server is given to send: what their schemas take. */
export type ChannelInput<C, N extends string> = InputOf<EventsOf<C, N>>

/** The events of a channel with what the client hands out: what their schemas give. */
export type ChannelOutput<C, N extends string> = OutputOf<EventsOf<C, N>>

/** The side of the contract that a channel's name leads to; of a contract of which nothing is known, any events. */
type EventsOf<C, N extends string> = string extends keyof C
  ? EventTypes<Record<string, unknown>>
  : C[ChannelMatch<N, keyof C & string> & keyof C]

type InputOf<E> =
  E extends StandardSchema<infer I>
    ? I
    : { [Name in keyof E & string]: E[Name] extends StandardSchema<infer I> ? I : never }

type OutputOf<E> =
  E extends StandardSchema<unknown, infer O extends object>
    ? O
    : { [Name in keyof E & string]: E[Name] extends StandardSchema<unknown, infer O> ? O : never }

/**
 * Follows a name through all patterns at once, as `PatternMap` does: text first, a parameter where that leads nowhere.
 * `Rests` holds what is left of each pattern, each segment with its slash.
 */
type Find<Name extends string, Rests> = Name extends `${infer Segment}/${infer Rest}`
  ? Follow<Segment, Rest, Rests> extends infer Found
    ? [Found] extends [never]
      ? Follow<Segment extends '' ? never : '/:', Rest, Rests>
      : Found
    : never
  : Heads<Rests>['/' & keyof Heads<Rests>]

type Follow<Head extends string, Rest extends string, Rests> = Head extends keyof Heads<Rests>
  ? Find<Rest, { [P in Heads<Rests>[Head]]: Rests[P] extends `${string}/${infer Tail}` ? Tail : never }>
  : never

/**
 * The patterns by what comes next in them: a text, `/:` for a parameter, or `/` for the end, which no segment can be. The
 * compiler makes each entry once for all names; with `as` in the place of the inner map it would make them for each name.
 */
type Heads<Rests> = {
  [Head in HeadOf<Rests[keyof Rests]>]: { [P in keyof Rests]: HeadOf<Rests[P]> extends Head ? P : never }[keyof Rests]
}

type HeadOf<Rest> = Rest extends `:${string}` ? '/:' : Rest extends `${infer Text}/${string}` ? Text : '/'

import { type MaybeRefOrGetter, toValue } from 'vue'

/**
 * Options that are data may be refs or getters. One that may itself be a function may not: it would be called once, at the
 * beginning, where a token is still the old one. Nor may `on`, which is made of functions.
 */
export type ReactiveOptions<Options> = {
  [K in keyof Options]: K extends 'on'
    ? Options[K]
    : IsCallable<Options[K]> extends true
      ? Options[K]
      : MaybeRefOrGetter<Options[K]>
}

type IsCallable<T> = true extends (T extends (...args: never) => unknown ? true : never) ? true : false

const CALLABLE = new Set([
  'fetch',
  'headers',
  'parse',
  'reduce',
  'resolveURL',
  'transport',
  'until',
  'events',
  'client',
  'initialData',
])

/** The options as they are now. */
export function readOptions<Options extends object>(options: ReactiveOptions<Options>): Options {
  const read = ([name, value]: [string, unknown]) => [
    name,
    CALLABLE.has(name) || /^on([A-Z]|$)/.test(name) ? value : toValue(value),
  ]
  return Object.fromEntries(Object.entries(options).map((entry) => read(entry))) as Options
}

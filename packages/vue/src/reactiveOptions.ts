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
  const read = (name: string, value: unknown) => {
    if (CALLABLE.has(name) || /^on([A-Z]|$)/.test(name)) return value
    return name === 'body' ? copyOf(toValue(value)) : toValue(value)
  }
  return Object.fromEntries(Object.entries(options).map(([name, value]) => [name, read(name, value)])) as Options
}

/** What is sent of a body that is data. One that is changed in place is another one then, and to copy it is to depend on all of it. */
function copyOf(body: unknown): unknown {
  if (!/ (Object|Array)]/.test({}.toString.call(body))) return body
  try {
    return JSON.parse(JSON.stringify(body)) as unknown
  } catch {
    // The request will say what is wrong with it.
    return body
  }
}

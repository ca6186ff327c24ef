import { describeValue } from './describeValue.ts'

/** Each option that there is: the compiler holds the list to the type. */
export type Known<Options> = Readonly<Record<keyof Options, true>>

/** Throws a `TypeError` for an option that there is not: misspelled, `authorize` say would do nothing, and nobody would know. */
export function expectKnown(what: string, options: object, known: Readonly<Record<string, true>>): void {
  const unknown = Object.keys(options).find((name) => !Object.hasOwn(known, name))
  if (unknown === undefined) return
  throw new TypeError(`Expected ${what} to be among ${Object.keys(known).join(', ')}, got ${describeValue(unknown)}.`)
}

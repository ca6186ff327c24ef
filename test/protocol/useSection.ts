import { expect, it } from 'vitest'
import { clauses } from './clauses.ts'

/** Why no test here holds a server to a sentence. */
export type Reason =
  | 'a definition'
  | 'what a reader does'
  | 'what a server may do'
  | "a choice of the server's user"
  | 'of other runtimes'
  | 'tested beside the code'

/** The words of one section of PROTOCOL.md. Each is to be quoted, by a test of the server or with a reason for none. */
export interface Section {
  /** Tests a sentence, or a part of one, which is the test's title word for word. */
  sentence: (clause: string, quote: string, test: () => Promise<void>) => void
  /** Names a sentence, or a part of one, that is not tested here. */
  untested: (clause: string, reason: Reason, quote: string) => void
}

/** Holds a file of tests to a section: a test fails where the file leaves words of it out. */
export function useSection(section: number): Section {
  const quotes: [clause: string, quote: string][] = []
  const add = (clause: string, quote: string) => {
    if (!clauses.get(clause)?.includes(quote)) throw new Error(`PROTOCOL.md does not say in ${clause}: ${quote}`)
    quotes.push([clause, quote])
  }

  // It runs when all that the file holds is known.
  it(`section ${section} has no words that are neither tested nor said to be untested`, () => {
    const own = [...clauses].filter(([clause]) => clause.split('.', 1)[0] === `${section}`)
    const left = own.flatMap(([clause, text]) => leaveOut(text, clause, quotes).map((words) => `${clause}. ${words}`))
    expect(own.length).toBeGreaterThan(0)
    expect(left).toEqual([])
  })

  return {
    sentence(clause, quote, test) {
      add(clause, quote)
      it(`${clause}. ${quote}`, test)
    },
    untested: (clause, _reason, quote) => add(clause, quote),
  }
}

/** What is left of a clause between what is quoted of it. */
function leaveOut(text: string, clause: string, quotes: readonly [clause: string, quote: string][]): string[] {
  const characters = text.split('')
  for (const [, quote] of quotes.filter(([of]) => of === clause)) {
    characters.fill('\n', text.indexOf(quote), text.indexOf(quote) + quote.length)
  }
  const left = characters.join('').split(/\n+/)
  return left.filter((words) => /[\p{L}\d]/u.test(words))
}

import { readFileSync } from 'node:fs'

/** The text of each clause of PROTOCOL.md by its number, in one line; of a section without clauses by the section's. */
export const clauses: ReadonlyMap<string, string> = new Map(
  readFileSync(new URL('../../PROTOCOL.md', import.meta.url), 'utf8')
    .split(/^## /m)
    .slice(1)
    .flatMap(clausesOf),
)

function clausesOf(section: string): [number: string, text: string][] {
  const [heading = '', ...parts] = section.split(/^(?=\d+\.\d+\. )/m)
  const number = /^\d+/.exec(heading)?.[0] ?? ''
  if (parts.length === 0) return [[number, inOneLine(heading.slice(heading.indexOf('\n')))]]
  return parts.map((part) => {
    const space = part.indexOf(' ')
    return [part.slice(0, space - 1), inOneLine(part.slice(space))]
  })
}

function inOneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim()
}

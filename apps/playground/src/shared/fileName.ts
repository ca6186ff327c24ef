// Characters that print nothing and may turn the text around them: with one, `exe.fdp` reads as a document.
const UNSEEN = /[\p{Cc}\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/gu

/** The characters at the end of a name that are always shown: as many as most extensions need. */
const TAIL = 12

/** A file's name as it may be shown. */
export function nameOf(file: { name: string }): string {
  return file.name.replace(UNSEEN, '') || 'unnamed'
}

/** A name in two parts: what may be cut off where there is no room, and its end, which tells what kind of file it is. */
export function splitName(name: string): [head: string, tail: string] {
  const characters = charactersOf(name)
  if (characters.length <= 2 * TAIL) return [name, '']
  return [characters.slice(0, -TAIL).join(''), characters.slice(-TAIL).join('')]
}

/** A name as part of a sentence. */
export function shortNameOf(file: { name: string }, most = 48): string {
  const name = nameOf(file)
  const characters = charactersOf(name)
  if (characters.length <= most) return name
  return `${characters.slice(0, most - TAIL - 1).join('')}…${characters.slice(-TAIL).join('')}`
}

// What a reader takes for one: an emoji is not cut in two.
function charactersOf(text: string): string[] {
  return Array.from(new Intl.Segmenter().segment(text), ({ segment }) => segment)
}

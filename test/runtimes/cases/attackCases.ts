import { expect } from 'vitest'
import { parseStrictly } from '../../../packages/server/test/strictParser.ts'
import { attacks, FIELDS } from '../application/attacks.ts'
import { type Case, COMPLETE } from './case.ts'

/** Whether a field refuses a text; `retry` refuses any. */
function refuses(field: string, refused: readonly string[]): boolean {
  return field === 'retry' || refused.includes(field)
}

function linesOf(text: string): string[] {
  return text.toWellFormed().split(/\r\n|\r|\n/)
}

export const attackCases: Case[] = [
  {
    title: 'what a stranger chose is one event, or refused, whatever its field',
    async run(visit) {
      const text = await visit.read('attack-fields')
      expect(text.endsWith(COMPLETE)).toBe(true)
      const { events, comments, retries } = parseStrictly(text.slice(0, -COMPLETE.length))
      let lastEventId = ''
      const taken = attacks.flatMap(({ text: attack, refused }) =>
        FIELDS.filter((field) => !refuses(field, refused)).map((field) => {
          const arriving = attack.toWellFormed()
          if (field === 'id') lastEventId = arriving
          const data = field === 'data' ? linesOf(attack).join('\n') : 'innocent'
          return { type: field === 'event' ? arriving : 'message', data, lastEventId }
        }),
      )
      expect(events).toEqual(taken)
      expect(comments).toEqual(attacks.flatMap(({ text: attack }) => linesOf(attack)))
      expect(retries).toEqual([])
      expect((await visit.state()).notes).toEqual(
        attacks.flatMap(({ text: attack, refused }) =>
          FIELDS.filter((field) => refuses(field, refused)).map(
            (field) => `invalid-event: ${field} ${JSON.stringify(attack)}`,
          ),
        ),
      )
    },
  },
  {
    title: 'what a stranger chose makes no event of a heartbeat, and one of a failure',
    async run(visit) {
      const opened = await Promise.all(
        attacks.map(async (_, index) => {
          const { reader } = await visit.open('attack-last-words', { query: { attack: String(index) } })
          return { reader, beat: await reader.until('\n\n') }
        }),
      )
      await visit.release()
      const texts = await Promise.all(opened.map(async ({ reader, beat }) => beat + (await reader.rest())))
      for (const [index, { text }] of attacks.entries()) {
        const { events, comments } = parseStrictly(texts[index]!)
        expect(new Set(comments)).toEqual(new Set(linesOf(text)))
        expect(events.map(({ type, data }) => [type, JSON.parse(data)])).toEqual([
          ['failure', { message: text, code: text, details: { text } }],
          ['sse.bye', { reason: 'complete' }],
        ])
      }
    },
  },
  {
    title: 'a header that would be two is refused',
    async run(visit) {
      expect(await visit.read('attack-headers')).toBe(COMPLETE)
      expect((await visit.state()).notes).toEqual(['TypeError', 'TypeError', 'TypeError', 'TypeError'])
    },
  },
]

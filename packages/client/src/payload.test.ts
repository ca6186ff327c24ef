import { isSSEError } from '@tidewire/protocol'
import { describe, expect, it } from 'vitest'
import { own, type Parse, parsePayload } from './payload.ts'

const failure = (parse: Parse, text: string, event = 'message'): unknown => {
  try {
    return parsePayload(parse, event, text)
  } catch (error) {
    return isSSEError(error) ? [error.code, error.cause] : error
  }
}

describe('parsePayload', () => {
  it('takes JSON where it parses, else the text', () => {
    const cases: [string, unknown][] = [
      ['{"a":1}', { a: 1 }],
      ['0', 0],
      ['false', false],
      ['null', null],
      ['""', ''],
      ['', ''],
      ['[DONE]', '[DONE]'],
      ['{"a":', '{"a":'],
      ['hello', 'hello'],
    ]
    for (const [text, data] of cases) {
      expect(parsePayload(undefined, 'message', text), text).toEqual(data)
      expect(parsePayload('auto', 'message', text), text).toEqual(data)
    }
  })

  it('leaves text alone', () => {
    expect(parsePayload('text', 'message', '{"a":1}')).toBe('{"a":1}')
  })

  it('refuses what is not JSON where JSON is asked for', () => {
    expect(parsePayload('json', 'message', '1')).toBe(1)
    expect(failure('json', 'nope')).toEqual(['parse', expect.any(SyntaxError)])
    expect(failure('json', '')).toEqual(['parse', expect.any(SyntaxError)])
  })

  it('calls a function with the text and the name of the event', () => {
    expect(parsePayload((text, event) => [text, event], 'tick', '1')).toEqual(['1', 'tick'])
  })

  it('keeps what a function throws as the cause', () => {
    const cause = new RangeError('no')
    const parse = () => {
      throw cause
    }
    expect(failure(parse, '1')).toEqual(['parse', cause])
  })

  it('takes a rule per event, and `auto` for the others', () => {
    const parse: Parse = { raw: 'text', strict: 'json', twice: (text) => text + text }
    expect(parsePayload(parse, 'raw', '1')).toBe('1')
    expect(parsePayload(parse, 'twice', '1')).toBe('11')
    expect(parsePayload(parse, 'other', '1')).toBe(1)
    expect(failure(parse, 'x', 'strict')).toEqual(['parse', expect.any(SyntaxError)])
  })

  it('takes no rule from the prototype of the map', () => {
    for (const name of ['constructor', '__proto__', 'toString', 'hasOwnProperty']) {
      expect(parsePayload({}, name, '1'), name).toBe(1)
      expect(parsePayload({ [name]: 'text' }, name, '1'), name).toBe('1')
    }
  })
})

describe('own', () => {
  it('reads no inherited property', () => {
    expect(own({ a: 1 }, 'a')).toBe(1)
    expect(own<Record<string, unknown>, string>({}, 'toString')).toBeUndefined()
    expect(own<Record<string, unknown>, string>(undefined, 'a')).toBeUndefined()
  })
})

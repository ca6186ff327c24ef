import { expect, it, vi } from 'vitest'
import { createSSEHub } from '../index.ts'
import { defineChannel } from './channelDefinition.ts'

it.for<[string, unknown]>([
  ['the second argument', 5],
  ['params', {}],
  ['params', (id: string) => id],
  ['resolve', {}],
  ['authorize', true],
  ['source', []],
  ['history', true],
  ['history', null],
  ['history', 5],
  ['history.maxEvents', { maxEvents: -1 }],
  ['history.maxBytes', { maxBytes: '1mb' }],
  ['history.maxAge', { maxAge: Number.NaN }],
  ['retain', true],
  ['retain', 'all'],
  ['terminal', 'done'],
  ['terminal', [5]],
  ['heartbeat', 0],
  ['heartbeat', Infinity],
  ['overflow', 'coalesce'],
  ['overflow', null],
  ['overflow', {}],
  ['overflow', { coalesce: 'id' }],
])('refuses `%s` of %o', ([option, value]) => {
  const name = option.split('.')[0] ?? ''
  const config = name === 'the second argument' ? value : { [name]: value }
  const hub = createSSEHub()
  expect(() => hub.channel('a', config as never)).toThrow(TypeError)
  expect(() => hub.channel('a', config as never)).toThrow(`Expected \`${option}\` to be `)
})

it.for<[string, object, string]>([
  [
    'authorise',
    { authorise: () => false },
    'the options of a channel to be among params, resolve, authorize, history,',
  ],
  ['event', { event: undefined }, 'the options of a channel'],
  ['maxEvent', { history: { maxEvent: 5 } }, 'the options of `history` to be among maxEvents, maxBytes, maxAge'],
  [
    'leavesAfter',
    { presence: { leavesAfter: 5 } },
    'the options of `presence` to be among info, leaveAfter, maxMembers',
  ],
])('refuses `%s`, which is no option', ([name, config, expected]) => {
  const hub = createSSEHub()
  expect(() => hub.channel('a', config)).toThrow(TypeError)
  expect(() => hub.channel('a', config)).toThrow(`Expected ${expected}`)
  expect(() => hub.channel('a', config)).toThrow(`got "${name}".`)
})

it('refuses a pattern that makes no sense, or fits the names of another', () => {
  const hub = createSSEHub()
  for (const pattern of ['', '/', 'a/', '/a', 'a//b', ':', 'a/:1', ':id/:id', 'a#b']) {
    expect(() => hub.channel(pattern)).toThrow(TypeError)
  }
  hub.channel('orders/:id')
  expect(() => hub.channel('orders/:number')).toThrow(TypeError)
  hub.channel('orders/latest')
})

it('guards what names the events that give way: a throw, or what is no text, is no name', () => {
  const onFailure = vi.fn<(error: unknown) => void>()
  const failure = new Error('no')
  const answers: unknown[] = ['a', undefined, 5, {}]
  const coalesce = (): string => {
    if (answers.length === 0) throw failure
    return answers.shift() as string
  }
  const { overflow } = defineChannel('a', undefined, { overflow: { coalesce } }, onFailure)
  const ask = () => typeof overflow === 'object' && overflow.coalesce({ event: 'a', data: '1' })
  expect([ask(), ask(), ask(), ask()]).toEqual(['a', undefined, undefined, undefined])
  expect(onFailure).not.toHaveBeenCalled()
  expect(ask()).toBeUndefined()
  expect(onFailure).toHaveBeenCalledExactlyOnceWith(failure)
})

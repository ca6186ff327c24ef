import { expect, it } from 'vitest'
import * as core from './index.ts'
import * as node from './node/index.ts'

it('exports these names and no others', () => {
  expect(Object.keys(core).toSorted()).toEqual([
    'SSEError',
    'createProgressStream',
    'createSSEStream',
    'eventTypes',
    'formatSSE',
    'getLastEventId',
    'isSSEError',
  ])
  expect(Object.keys(node).toSorted()).toEqual(['openSSE', 'pipeSSE'])
})

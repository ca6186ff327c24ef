import { expect, it } from 'vitest'
import * as core from './index.ts'
import * as node from './node/index.ts'

it('exports these names and no others', () => {
  expect(Object.keys(core).toSorted()).toEqual([
    'SSEError',
    'createMemoryLog',
    'createProgressStream',
    'createSSEHub',
    'createSSEStream',
    'eventTypes',
    'formatSSE',
    'getLastEventId',
    'getOrigin',
    'isSSEError',
    'trackProgress',
  ])
  expect(Object.keys(node).toSorted()).toEqual(['openSSE', 'pipeSSE', 'publishDiagnostics', 'toNodeHandler'])
})

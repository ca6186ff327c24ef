import * as client from '@tidewire/client'
import { expect, it } from 'vitest'

it('exports these names and no others', () => {
  expect(Object.keys(client).toSorted()).toEqual([
    'SSEError',
    'createEventStream',
    'createEventStreamObserver',
    'eventTypes',
    'isSSEError',
  ])
})

import * as client from '@tidewire/client'
import { describe, expect, it } from 'vitest'

const { isSSEError, SSEError } = client

it('exports these names and no others', () => {
  expect(Object.keys(client).toSorted()).toEqual([
    'SSEError',
    'channelName',
    'createChannelObserver',
    'createEventStream',
    'createEventStreamObserver',
    'createProgressObserver',
    'createSSEClient',
    'eventTypes',
    'forgetEventStreams',
    'isSSEError',
  ])
})

describe('isSSEError', () => {
  it('tells an SSEError, also of another copy of the package', () => {
    const copy = Object.assign(new Error('no'), { name: 'SSEError', code: 'network' })
    expect([new SSEError('closed', 'no'), copy].map(isSSEError)).toEqual([true, true])
  })

  it('takes nothing else for one', () => {
    const others = [undefined, null, 'SSEError', new Error('no'), { name: 'SSEError', code: 'network' }, SSEError]
    expect(others.filter(isSSEError)).toEqual([])
  })
})

describe('SSEError', () => {
  it('has what it was given, and nothing more', () => {
    const cause = new Error('why')
    const error = new SSEError('http-status', 'no', { cause, status: 503, retryAfter: 1000 })
    expect(error).toMatchObject({
      name: 'SSEError',
      code: 'http-status',
      message: 'no',
      cause,
      status: 503,
      retryAfter: 1000,
    })
    expect('cause' in new SSEError('closed', 'no')).toBe(false)
    expect('status' in new SSEError('closed', 'no')).toBe(false)
  })
})

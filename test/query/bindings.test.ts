import * as query from '@tidewire/client/query'
import * as react from '@tidewire/react/query'
import * as vue from '@tidewire/vue/query'
import { expect, it } from 'vitest'

it('has the same names in React and Vue: those of the client that an application calls, and one more', () => {
  expect(Object.keys(react).toSorted()).toEqual([
    'liveQueryOptions',
    'readSnapshot',
    'remove',
    'removeById',
    'syncQueryCache',
    'tagSnapshot',
    'upsertById',
    'useLiveStatus',
  ])
  expect(Object.keys(vue)).toEqual(Object.keys(react))
  expect(Object.keys(query).toSorted()).toEqual(
    ['createLiveStatusObserver', ...Object.keys(react).filter((name) => name !== 'useLiveStatus')].toSorted(),
  )
  const { createLiveStatusObserver: _, ...rest } = query
  for (const binding of [react, vue]) expect(binding).toMatchObject(rest)
})

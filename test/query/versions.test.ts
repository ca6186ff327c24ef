import { dehydrate, hydrate, QueryClient } from '@tanstack/query-core'
import {
  createLiveStatusObserver,
  liveQueryOptions,
  readSnapshot,
  removeById,
  upsertById,
} from '@tidewire/client/query'
import { expect, it, onTestFinished, vi } from 'vitest'
import { useClient, useHub, useWire } from '../channels/useHubClient.ts'
import { look, until, useLiveCache } from './useLiveCache.ts'

interface Row {
  readonly id: string
  readonly version: unknown
}

/** A list whose events may leave in any order. */
function useRows(version: unknown = 1) {
  const hub = useHub({}, 'rows')
  const client = useClient(useWire(hub))
  const queryClient = useLiveCache(client)
  const shop = { fetches: 0, rows: [{ id: 'a', version }] as Row[] }
  const rules = { saved: upsertById({ version: 'version' }), removed: removeById({ version: 'version' }) }
  const optionsOf = (key: string) =>
    liveQueryOptions(
      {
        queryKey: [key],
        async queryFn() {
          shop.fetches++
          return readSnapshot<Row[]>((await hub.snapshot('rows', () => shop.rows)).toResponse())
        },
      },
      { channel: 'rows', rules },
    )
  const live = async (key: string) => {
    const status = createLiveStatusObserver(queryClient, [key])
    await until(() => expect(status.getSnapshot().status).toBe('live'))
  }
  /** Sends events, and waits until they have come and were applied. */
  const send = async (...events: (readonly ['saved' | 'removed', Row])[]) => {
    for (const [event, row] of events) await hub.to('rows').send(event, row)
    const last = { id: `last of ${events.length}`, version: 1 }
    await hub.to('rows').send('saved', last)
    const shown = () =>
      queryClient.getQueriesData<Row[]>({}).every(([, rows]) => rows?.some(({ id }) => id === last.id))
    await until(() => expect(shown()).toBe(true))
  }
  return { hub, queryClient, shop, optionsOf, live, send }
}

const idsOf = (rows: readonly Row[] | undefined) => rows?.map(({ id }) => id)

it('does not bring a row back by what is told late of it', async () => {
  const { queryClient, optionsOf, live, send } = useRows()
  const list = look(queryClient, optionsOf('list'))
  await live('list')
  await send(['removed', { id: 'a', version: 3 }])
  await send(['saved', { id: 'a', version: 2 }], ['saved', { id: 'b', version: 1 }])
  expect(idsOf(list.data)).not.toContain('a')
  expect(idsOf(list.data)).toContain('b')
  await send(['saved', { id: 'a', version: 4 }], ['saved', { id: 'b', version: 2 }], ['saved', { id: 'b', version: 3 }])
  expect(idsOf(list.data)).toContain('a')
})

it('does not bring it back where it was removed before the list was looked at', async () => {
  const { queryClient, shop, optionsOf, live, send } = useRows()
  look(queryClient, optionsOf('other'))
  await live('other')
  shop.rows = []
  await send(['removed', { id: 'a', version: 3 }])
  const list = look(queryClient, optionsOf('list'))
  await live('list')
  await send(['saved', { id: 'a', version: 2 }], ['saved', { id: 'b', version: 1 }])
  expect(idsOf(list.data)).toEqual(['b', 'last of 2'])
})

it('does not bring it back where the data had its removal before that was told', async () => {
  const { queryClient, shop, optionsOf, live, send, hub } = useRows()
  const server = new QueryClient()
  await server.query(optionsOf('other'))
  shop.rows = []
  await hub.to('rows').send('removed', { id: 'a', version: 3 })
  await server.query(optionsOf('list'))
  hydrate(queryClient, JSON.parse(JSON.stringify(dehydrate(server))))
  const { fetches } = shop
  // The channel is followed from where this one is.
  const other = look(queryClient, optionsOf('other'))
  const list = look(queryClient, optionsOf('list'))
  await live('list')
  await live('other')
  await until(() => expect(other.data).toEqual([]))
  await send(['saved', { id: 'a', version: 2 }])
  expect(list.data).toEqual([{ id: 'last of 1', version: 1 }])
  expect(shop.fetches).toBe(fetches)
})

it('knows which of two numbers is the later one, where they come as texts', async () => {
  const { queryClient, optionsOf, live, send } = useRows('9')
  const list = look(queryClient, optionsOf('list'))
  await live('list')
  await send(['saved', { id: 'a', version: '10' }])
  expect(list.data?.[0]).toEqual({ id: 'a', version: '10' })
  await send(['saved', { id: 'a', version: '9' }], ['removed', { id: 'a', version: '9' }])
  expect(list.data?.[0]).toEqual({ id: 'a', version: '10' })
})

it('says where it cannot know, and fetches', async () => {
  const report = vi.spyOn(console, 'error').mockImplementation(() => {})
  onTestFinished(() => report.mockRestore())
  const { queryClient, shop, optionsOf, live, hub } = useRows('v9')
  const list = look(queryClient, optionsOf('list'))
  await live('list')
  shop.rows = [{ id: 'a', version: 'v10' }]
  await hub.to('rows').send('saved', { id: 'a', version: 'v10' })
  await until(() => expect(list.data).toEqual(shop.rows))
  expect(report).toHaveBeenCalledWith(expect.objectContaining({ message: expect.stringContaining('v10') as string }))
})

import { createLiveStatusObserver, liveQueryOptions, readSnapshot, upsertById } from '@tidewire/client/query'
import { expect, it, onTestFinished, vi } from 'vitest'
import { useClient, useHub, useWire } from '../channels/useHubClient.ts'
import { look, until, useLiveCache } from './useLiveCache.ts'

interface Count {
  readonly n: number
  readonly more?: number
}

/** Two counts, of which the page that shows the first has more options than the other one. */
async function useCounts(extra: object) {
  const report = vi.spyOn(console, 'error').mockReturnValue()
  onTestFinished(() => report.mockRestore())
  const hub = useHub({}, 'counts/:id')
  const counts: Record<string, Count> = { a: { n: 0 }, b: { n: 0 } }
  const fetches: string[] = []
  const queryClient = useLiveCache(useClient(useWire(hub)))
  const show = (id: string, more: object = {}) => {
    const options = liveQueryOptions(
      {
        queryKey: [id],
        async queryFn() {
          fetches.push(id)
          return readSnapshot<Count>((await hub.snapshot(`counts/${id}`, () => counts[id])).toResponse())
        },
      },
      { channel: `counts/${id}`, rules: { set: (old, next) => ({ ...old, ...(next as Count) }) } },
    )
    return look<Count>(queryClient, { ...options, ...more })
  }
  const set = async (id: string, part: Partial<Count>) => {
    counts[id] = { ...counts[id], ...part } as Count
    await hub.to(`counts/${id}`).send('set', part)
  }
  const a = show('a', extra)
  const b = show('b')
  const statuses = () => ['a', 'b'].map((id) => createLiveStatusObserver(queryClient, [id]).getSnapshot().status)
  const live = () => until(() => expect(statuses()).toEqual(['live', 'live']))
  await live()
  return { a, b, set, live, report, fetches }
}

it('loses no event of a query whose `structuralSharing` throws, and none of the others', async () => {
  let isBroken = false
  const { a, b, set, live, report, fetches } = await useCounts({
    structuralSharing(_old: unknown, next: unknown) {
      if (!isBroken) return next
      isBroken = false
      throw new Error('no')
    },
  })
  isBroken = true
  await Promise.all([set('a', { more: 1 }), set('b', { n: 1 })])
  await until(() => expect(report.mock.calls).toEqual([[new Error('no')]]))
  await until(() => expect(a.data).toEqual({ n: 0, more: 1 }))
  await until(() => expect(b.data).toEqual({ n: 1 }))
  await live()
  await Promise.all([set('a', { n: 2 }), set('b', { n: 2 })])
  await until(() => expect([a.data, b.data]).toEqual([{ n: 2, more: 1 }, { n: 2 }]))
  expect(fetches).toEqual(['a', 'b', 'a'])
})

it('loses no event where a `refetchInterval` throws', async () => {
  let isBroken = false
  const { a, b, set, live } = await useCounts({
    refetchInterval() {
      if (!isBroken) return false
      isBroken = false
      throw new Error('no')
    },
  })
  isBroken = true
  await Promise.all([set('a', { more: 1 }), set('b', { n: 1 })])
  await until(() => expect([a.data, b.data]).toEqual([{ n: 0, more: 1 }, { n: 1 }]))
  await live()
  await Promise.all([set('a', { n: 2 }), set('b', { n: 2 })])
  await until(() => expect([a.data, b.data]).toEqual([{ n: 2, more: 1 }, { n: 2 }]))
})

it('fetches, and reports, where a payload names no row', async () => {
  const report = vi.spyOn(console, 'error').mockReturnValue()
  onTestFinished(() => report.mockRestore())
  const hub = useHub({}, 'rows')
  const queryClient = useLiveCache(useClient(useWire(hub)))
  const rows = [{ key: 'a', n: 0 }]
  const options = liveQueryOptions(
    {
      queryKey: ['rows'],
      queryFn: async () => readSnapshot<typeof rows>((await hub.snapshot('rows', () => rows)).toResponse()),
    },
    { channel: 'rows', rules: { set: upsertById({ version: 'n' }) } },
  )
  const view = look(queryClient, options)
  const status = createLiveStatusObserver(queryClient, ['rows'])
  await until(() => expect(status.getSnapshot().status).toBe('live'))
  rows[0] = { key: 'a', n: 1 }
  await hub.to('rows').send('set', rows[0])
  await until(() => expect(view.data).toEqual(rows))
  expect(report).toHaveBeenCalledTimes(1)
})

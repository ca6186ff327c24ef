import { describe, expect, it, vi } from 'vitest'
import { useHubInsides } from '../../test/hubInsides.ts'
import { join, post } from '../../test/hubReader.ts'
import { turn } from '../../test/readStream.ts'

const NAMES = Array.from({ length: 50 }, (_, index) => `news/${index}`)
const QUERY = `?v=1&${NAMES.map((name) => `channel=${name}`).join('&')}`

function useNews() {
  const { hub, core } = useHubInsides()
  hub.channel('news/:id', { terminal: ['over'] })
  const regroup = vi.spyOn(core, 'regroup')
  return { hub, core, regroup }
}

describe('a connection that loses channels one after the other', () => {
  it('is put into another group once in a turn', async () => {
    const { hub, regroup } = useNews()
    const { next } = await join(hub, QUERY)
    await turn()
    regroup.mockClear()
    for (const name of NAMES.slice(1)) hub.revoke(name)
    await turn()
    expect(regroup).toHaveBeenCalledOnce()
    for (let count = 1; count < NAMES.length; count++) expect(await next()).toMatchObject({ event: 'sse.revoked' })
    await hub.to('news/0').data(1)
    expect(await next()).toMatchObject({ event: 'news/0#message', data: 1 })
  })

  it('is so, too, where their last events come', async () => {
    const { hub, regroup } = useNews()
    const { next } = await join(hub, QUERY)
    await turn()
    regroup.mockClear()
    await Promise.all(NAMES.slice(1).map((name) => hub.to(name).send('over', 1)))
    await turn()
    expect(regroup).toHaveBeenCalledOnce()
    for (const name of NAMES.slice(1)) {
      expect(await next()).toMatchObject({ event: `${name}#over` })
      expect(await next()).toMatchObject({ event: 'sse.end', data: { channels: [name] } })
    }
  })

  it('gets nothing more of them, and all of the others, in the same turn', async () => {
    const { hub } = useNews()
    const query = '?v=1&channel=news/0&channel=news/1'
    const [reader, other] = [await join(hub, query), await join(hub, query)]
    const before = hub.inspect().counters.delivered
    hub.revoke('news/0', { id: reader.hello.connection })
    void hub.to('news/0').data('left')
    void hub.to('news/1').data('kept')
    expect(hub.inspect().counters.delivered - before).toBe(3)
    expect(await reader.next()).toMatchObject({ event: 'sse.revoked' })
    expect(await reader.next()).toMatchObject({ data: 'kept' })
    expect(await other.next()).toMatchObject({ data: 'left' })
    expect(await other.next()).toMatchObject({ data: 'kept' })
  })

  it('gets them again where they join again in the same turn', async () => {
    const { hub, core } = useNews()
    const query = '?v=1&channel=news/0&channel=news/1'
    const [reader, other] = [await join(hub, query), await join(hub, query)]
    const { connection } = reader.hello
    // The channel loses all of its readers, and is made anew.
    for (const { hello } of [reader, other]) core.connections.get(hello.connection)?.leave(['news/0'])
    await post(hub, { connection, rev: 1, channels: { 'news/0': null, 'news/1': null } })
    expect(await reader.next()).toMatchObject({ event: 'sse.live', data: { channels: ['news/0'] } })
    await hub.to('news/0', 'news/1').data(1)
    expect(await reader.next()).toMatchObject({ event: 'news/0#message' })
    expect(await reader.next()).toMatchObject({ event: 'news/1#message' })
    expect(await other.next()).toMatchObject({ event: 'news/1#message' })
  })
})

import { expect, it, vi } from 'vitest'
import type { Connection } from './connection.ts'
import { Connections } from './connections.ts'
import { HubChannel } from './hubChannel.ts'
import { pick } from './readerFilter.ts'

/** A connection, as far as it is found and described. */
function connectionOf(id: string, reader: Partial<Connection['reader']>): Connection {
  return { id, reader, channels: new Map(), bufferedSize: 0 } as unknown as Connection
}

function useConnections() {
  const connections = new Connections()
  const ann = connectionOf('1', { identity: 'ann', origin: 'tab-1', address: 'a' })
  const annToo = connectionOf('2', { identity: 'ann', origin: 'tab-2', address: 'b' })
  const bob = connectionOf('3', { identity: 'bob', origin: 'ann', address: 'a' })
  for (const connection of [ann, annToo, bob]) connections.add(connection)
  return { connections, ann, annToo, bob, all: vi.spyOn(connections, 'all') }
}

it('finds readers by id, identity or origin without a look at the others', () => {
  const { connections, ann, annToo, bob, all } = useConnections()
  expect(pick({ identity: 'ann' }, connections)).toEqual([ann, annToo])
  expect(pick({ identity: 'ann', address: 'b' }, connections)).toEqual([annToo])
  expect(pick({ identity: 'ann', origin: 'tab-1' }, connections)).toEqual([ann])
  expect(pick({ origin: 'ann' }, connections)).toEqual([bob])
  expect(pick({ id: '3' }, connections)).toEqual([bob])
  expect(pick({ id: '3', identity: 'ann' }, connections)).toEqual([])
  expect(pick({ identity: 'eve' }, connections)).toEqual([])
  expect(all).not.toHaveBeenCalled()
})

it('looks at all of them where only that tells', () => {
  const { connections, ann, annToo, bob } = useConnections()
  expect(pick({ address: 'a' }, connections)).toEqual([ann, bob])
  expect(pick(({ identity }) => identity !== 'bob', connections)).toEqual([ann, annToo])
})

it('finds among the readers of a channel, and looks at no others', () => {
  const { connections, annToo, bob, all } = useConnections()
  const channel = new HubChannel('news', {} as HubChannel['definition'], {})
  channel.connections.add(annToo).add(bob)
  const test = vi.fn(() => true)
  expect(pick({ identity: 'ann' }, connections, channel.connections)).toEqual([annToo])
  expect(pick(test, connections, channel.connections)).toEqual([annToo, bob])
  expect(test).toHaveBeenCalledTimes(2)
  expect(pick({ address: 'a' }, connections, channel.connections)).toEqual([bob])
  expect(all).not.toHaveBeenCalled()
})

it('finds none that has left', () => {
  const { connections, ann, annToo } = useConnections()
  connections.remove(ann)
  expect(pick({ identity: 'ann' }, connections)).toEqual([annToo])
  expect(pick({ origin: 'tab-1' }, connections)).toEqual([])
})

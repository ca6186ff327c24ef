import { expect, it } from 'vitest'
import { record, useClient, useHub, useWire } from './useHubClient.ts'

const NAMES = Array.from({ length: 60 }, (_, n) => `a/rather/long/name/${n}/`.padEnd(150, 'x'))
const range = (length: number) => Array.from({ length }, (_, n) => n)

it('resumes every channel, also those that the URL of a reconnection has no room for', async () => {
  const hub = useHub({}, 'a/rather/long/name/:n/:x')
  const wire = useWire(hub)
  const client = useClient(wire)
  const all = NAMES.map((name) => record(client, name))
  await Promise.all(all.map(({ until }) => until('open')))
  for (const round of range(10)) {
    wire.cut()
    for (const name of NAMES) await hub.to(name).data(round)
    await Promise.all(all.map(({ until }) => until(`message:${round}`)))
  }
  for (const { log } of all) {
    expect(log.filter((entry) => entry !== 'open')).toEqual(range(10).map((round) => `message:${round}`))
  }
})
